import { NodeStateError } from "../error.ts";
import { createEventStreamDecoder } from "../event-stream/decode.ts";
import { watchPath } from "../paths.ts";
import type { NodeStateRecord } from "../record.ts";
import { MaxRecordBytes } from "../record-json.ts";
import { pauseBeforeReconnect } from "./back-off.ts";
import { orAborted, pause, startDeadline } from "./deadline.ts";
import { attemptFailure, noAnswerWithin } from "./failure.ts";
import { httpErrorOf } from "./http-error.ts";
import { checkNodeName, type Server } from "./options.ts";
import { recordOfNode } from "./record-of.ts";
import { sendRequest } from "./request.ts";

/** What a watch tells. */
export type NodeStateWatchEvent =
  /** The node's state now: at once after each connection, and at each change. */
  | { readonly type: "state"; readonly record: NodeStateRecord }
  /** The connection is lost, or could not be made: what was told last may be true no longer. Told once; the watch goes on trying. */
  | { readonly type: "lost"; readonly error: NodeStateError };

/** A record as JSON, and the lines around it. */
const MaxEventLength = MaxRecordBytes + 1024;

/** A connection that lived for so long was a good one: the next failure is the first again. */
const GoodConnectionMs = 10_000;

/** Watches a node for as long as `signal` lets it: one connection after the other. */
export async function* watchNodeState(
  server: Server,
  node: string,
  signal: AbortSignal,
): AsyncGenerator<NodeStateWatchEvent, void, void> {
  checkNodeName(node);
  let isLost = false;
  for (let failures = 1; !signal.aborted; failures++) {
    const started = performance.now();
    try {
      for await (const record of watchOnce(server, node, signal)) {
        isLost = false;
        yield { type: "state", record };
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isLost) yield { type: "lost", error: lost(server, node, error) };
      isLost = true;
    }
    if (performance.now() - started >= GoodConnectionMs) failures = 1;
    await pause(pauseBeforeReconnect(failures, Math.random()), signal);
  }
}

/** The records of one connection, until it fails; a watch has no other end. */
async function* watchOnce(server: Server, node: string, caller: AbortSignal): AsyncGenerator<NodeStateRecord> {
  let timeOver = noAnswerWithin(server.attemptTimeoutMs);
  using deadline = startDeadline(server.attemptTimeoutMs, caller);
  try {
    const response = await orAborted(open(server, node, deadline.signal), deadline.signal);
    timeOver = `nothing came for ${server.watchSilenceMs} ms, not even a heartbeat`;
    deadline.restart(server.watchSilenceMs);
    const decoder = createEventStreamDecoder(MaxEventLength);
    for await (const chunk of response) {
      for (const item of decoder.push(chunk)) {
        if (item.type === "event" && item.event.event === "state") {
          // While the caller has the record nobody reads, and that is not the server's silence.
          deadline.stop();
          yield recordOfNode(item.event.data, node);
        }
        // Only what is complete counts: a server that sends a byte now and then is as good as silent.
        deadline.restart(server.watchSilenceMs);
      }
    }
    // Where the body's length is not announced, both runtimes take our own abort for its end.
    deadline.signal.throwIfAborted();
  } catch (error) {
    throw attemptFailure(error, deadline.signal, caller, timeOver);
  }
  throw new NodeStateError("ERR_NODE_STATE_UNREACHABLE", "the server ended the watch");
}

async function open(server: Server, node: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const response = await sendRequest(server, { path: watchPath(node), accept: "text/event-stream", signal });
  if (response.statusCode !== 200) throw await httpErrorOf(response);
  if (/^text\/event-stream\b/iu.test(response.headers["content-type"] ?? "")) return response;
  throw new NodeStateError("ERR_NODE_STATE_PROTOCOL", "the answer is not a stream of events");
}

function lost(server: Server, node: string, error: unknown): NodeStateError {
  if (!(error instanceof NodeStateError)) throw error;
  const { code, message, cause, hint, status } = error;
  const options = { cause, hint, status };
  return new NodeStateError(code, `watching node ${node} at ${server.shown} failed: ${message}`, options);
}
