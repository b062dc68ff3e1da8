import { type ClientHttp2Stream, constants } from "node:http2";

import { ApiError } from "../api-error.ts";
import { errorOfStatus } from "./status.ts";

/** Of an answer with an error status; more is not read. */
const MaxErrorBytes = 65_536;

/** One request, all of whose answer goes over the same connection as that of the others. */
export interface Get {
  /** Path and query. */
  readonly path: string;
  /** For messages: `the watch`. */
  readonly what: string;
  /** How long the head of the answer may take. */
  readonly headTimeoutMs: number;
  /** For how long the body may be silent. */
  readonly silenceTimeoutMs: number;
  /** How long all of it may take. */
  readonly totalTimeoutMs: number;
  /** The answer has begun, with status 200. */
  readonly onOpen?: (() => void) | undefined;
  /**
   * A piece of the body, in the very turn in which it came from the network: so when the end of one answer is heard, all that came before it on the
   * connection has been handled. What it throws ends the request.
   */
  readonly onData: (chunk: Buffer) => void;
}

/**
 * Hands the answer on until the server has ended it.
 *
 * @param lost aborts when the connection is of no more use; its reason is then the error
 * @throws {@link ApiError}; nothing of the stream is left then
 */
export function receive(stream: ClientHttp2Stream, request: Get, lost: AbortSignal): Promise<void> {
  const { what, headTimeoutMs, silenceTimeoutMs, totalTimeoutMs, onOpen, onData } = request;
  return new Promise((resolve, reject) => {
    let refusal: { readonly status: number; readonly retryAfter: string | undefined; text: string } | undefined;
    let timer = setTimeout(() => timeout(`no answer within ${headTimeoutMs} ms`), headTimeoutMs);
    const total = setTimeout(() => timeout(`not complete after ${totalTimeoutMs} ms`), totalTimeoutMs);
    const lose = (): void => fail(lost.reason);
    lost.addEventListener("abort", lose, { once: true });

    function settle(): void {
      clearTimeout(timer);
      clearTimeout(total);
      lost.removeEventListener("abort", lose);
    }

    function fail(error: unknown): void {
      settle();
      stream.destroy();
      reject(error);
    }

    function timeout(why: string): void {
      fail(new ApiError("ERR_API_TIMEOUT", `${what}: ${why}`));
    }

    function silence(): void {
      clearTimeout(timer);
      timer = setTimeout(() => timeout(`silent for ${silenceTimeoutMs} ms`), silenceTimeoutMs);
    }

    function take(chunk: Buffer): void {
      silence();
      if (refusal === undefined) {
        onData(chunk);
      } else {
        refusal.text += chunk.toString("utf8");
        if (refusal.text.length > MaxErrorBytes) end();
      }
    }

    function end(): void {
      if (refusal !== undefined) {
        fail(errorOfStatus(what, { ...refusal, body: json(refusal.text) }));
      } else if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) {
        // Node.js ends the streams of a connection that broke just as those that the server has ended, but for this number.
        fail(cutOff());
      } else {
        settle();
        resolve();
      }
    }

    function cutOff(): unknown {
      return lost.aborted ? lost.reason : new ApiError("ERR_API_UNREACHABLE", `${what}: the answer was cut off`);
    }

    stream.once("response", (headers) => {
      silence();
      const status = headers[":status"] ?? 0;
      if (status === 200) onOpen?.();
      else refusal = { status, retryAfter: headers["retry-after"], text: "" };
    });
    stream.on("data", (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        fail(error);
      }
    });
    stream.once("end", end);
    // Stays: destroying the session makes errors in its streams.
    stream.on("error", (cause) => fail(new ApiError("ERR_API_UNREACHABLE", `${what}: ${cause.message}`, { cause })));
    stream.once("close", () => fail(cutOff()));
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
