import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from "node:http2";
import { ApiError } from "../api-error.ts";
import type { Endpoint } from "../credentials/endpoint.ts";
import { openSession } from "./open-session.ts";
import { type Get, receive } from "./receive.ts";

/** How long TCP connection, TLS handshake, and the head of an answer may take. */
export const ConnectTimeoutMs = 4000;

/**
 * A server that stops says so (GOAWAY) and keeps open watches for up to a minute: nobody should wait for their end. But it says so too with each 401, just
 * before that.
 */
const GoawayGraceMs = 200;

/** A connection to the API server. */
export interface Connection extends Disposable {
  /** Aborts when the connection is of no more use, with the reason. */
  readonly lost: AbortSignal;
  /**
   * Resolves when the server has ended the answer.
   *
   * @throws {@link ApiError}
   */
  get(request: Get): Promise<void>;
}

/**
 * Opens a connection. It ends with the signal.
 *
 * @throws {@link ApiError}, and the signal's reason
 */
export async function connect(endpoint: Endpoint, userAgent: string, signal: AbortSignal): Promise<Connection> {
  const session = await openSession(endpoint, ConnectTimeoutMs, signal);
  const lost = watchSession(session, endpoint.url.host);
  const abort = (): void => close(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  // It may have aborted since the handshake.
  if (signal.aborted) abort();

  function close(reason: unknown): void {
    signal.removeEventListener("abort", abort);
    lost.abort(reason);
    session.destroy();
  }

  return {
    lost: lost.signal,
    async get(request) {
      const headers = await endpoint.headers();
      lost.signal.throwIfAborted();
      const stream = begin(session, {
        ":method": "GET",
        ":path": `${endpoint.url.pathname.replace(/\/$/u, "")}${request.path}`,
        accept: "application/json",
        "user-agent": userAgent,
        ...headers,
      });
      await receive(stream, request, lost.signal);
    },
    [Symbol.dispose]: () => close(new ApiError("ERR_API_UNREACHABLE", "this end has closed the connection")),
  };
}

function begin(session: ClientHttp2Session, headers: OutgoingHttpHeaders): ClientHttp2Stream {
  try {
    return session.request(headers);
  } catch (cause) {
    throw new ApiError("ERR_API_UNREACHABLE", "the connection takes no more requests", { cause });
  }
}

/** Aborts, with the reason, when the connection is of no more use. */
function watchSession(session: ClientHttp2Session, host: string): AbortController {
  const lost = new AbortController();
  const lose = (why: string, cause?: unknown): void => {
    lost.abort(new ApiError("ERR_API_UNREACHABLE", `the connection to ${host} ${why}`, { cause }));
    session.destroy();
  };
  session.on("error", (cause) => lose(`broke: ${cause.message}`, cause));
  session.once("close", () => lose("was closed"));
  session.once("goaway", (code) => {
    setTimeout(() => lose(`was given up by the server (GOAWAY ${code})`), GoawayGraceMs);
  });
  return lost;
}
