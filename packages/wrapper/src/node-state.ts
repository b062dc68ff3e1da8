import type { Clock } from "./clock.ts";
import { asError } from "./error.ts";
import type { Logger } from "./logger.ts";
import type { NodeStateAnswer } from "./state.ts";

/** What the wrapper wants to know of a node. */
export interface NodeStateReport {
  readonly state: "ready" | "shutting-down" | "unknown";
  /** Why, for the log. */
  readonly reason?: string;
}

/** The one thing the wrapper wants to know of the cluster. A test double is one function. */
export interface NodeStateReader {
  /** Rejects when no answer can be had. Bounded in time by the reader itself, to about a second: the answer before counts until then. */
  read(node: string, options: { readonly signal: AbortSignal }): Promise<NodeStateReport>;
}

/** Follows a node's state, so that it is known before a stop is asked. */
export interface NodeStateWatcher {
  /** The current state, then each change; connects again by itself, having said that it lost the connection. Ends when `signal` aborts. */
  watch(
    node: string,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<
    { readonly type: "state"; readonly record: NodeStateReport } | { readonly type: "lost"; readonly error: Error }
  >;
}

/** Whom to ask about which node. */
export interface NodeStateOptions {
  readonly node: string;
  readonly reader: NodeStateReader;
  /** @defaultValue the node's state is asked for when a stop is, and not followed */
  readonly watcher?: NodeStateWatcher | undefined;
}

/** Where the answers go. */
interface Telling {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly tell: (state: NodeStateAnswer, reason: string | undefined) => void;
}

/** What the log says of an answer. */
const Lines: Readonly<Record<NodeStateAnswer, string>> = {
  ready: "the node is ready",
  "shutting-down": "the node is shutting down",
  unknown: "the node is not known",
  unavailable: "the node's state cannot be found out",
};

/** Between two questions: short, because the kubelet's SIGTERM and the node's condition race each other by some milliseconds. */
const PauseMs = 100;

/** Asks again and again, until `signal` aborts; each answer, and each failure, goes to `tell`, and into the log when it is news. */
export async function askNodeState(
  options: Omit<NodeStateOptions, "watcher"> & Telling & { readonly clock: Clock },
): Promise<void> {
  const { reader, node, clock, signal, log, tell } = options;
  let logged: string | undefined;
  while (!signal.aborted) {
    const { state, reason, error } = await answerOf(reader, node, signal);
    if (signal.aborted) return;
    // Errors count their attempts: no two are alike.
    const news = error === undefined ? `${state} ${reason}` : state;
    if (news !== logged) {
      if (error === undefined) log.info({ node, reason }, Lines[state]);
      else log.warn({ node, error }, Lines[state]);
    }
    logged = news;
    tell(state, reason);
    await new Promise<void>((resolve) => {
      clock.schedule(PauseMs, resolve);
    });
  }
}

async function answerOf(
  reader: NodeStateReader,
  node: string,
  signal: AbortSignal,
): Promise<{ readonly state: NodeStateAnswer; readonly reason?: string; readonly error?: Error }> {
  try {
    return await reader.read(node, { signal });
  } catch (thrown) {
    const error = asError(thrown);
    return { state: "unavailable", reason: error.message, error };
  }
}

/** Follows the node until `signal` aborts. What was told last stays what is known while the connection is lost. */
export async function followNodeState(
  options: { readonly node: string; readonly watcher: NodeStateWatcher } & Telling,
): Promise<void> {
  const { watcher, node, signal, log, tell } = options;
  try {
    for await (const event of watcher.watch(node, { signal })) {
      if (event.type === "lost") {
        log.warn({ node, error: event.error }, "the node's state is not heard of at the moment; trying again");
        continue;
      }
      const { state, reason } = event.record;
      log.info({ node, reason }, Lines[state]);
      tell(state, reason);
    }
  } catch (error) {
    // It will be asked for when a stop is.
    if (!signal.aborted) log.warn({ node, error: asError(error) }, "the node's state is followed no longer");
  }
}
