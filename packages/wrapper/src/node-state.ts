import type { Clock } from "./clock.ts";
import type { NodeStateAnswer } from "./state.ts";

/** The one thing the wrapper wants to know of the cluster. A test double is one function. */
export interface NodeStateReader {
  /** Rejects when no answer can be had. Bounded in time by the reader itself. */
  read(
    node: string,
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly state: "ready" | "shutting-down" | "unknown" }>;
}

/** Between two questions: short, because the kubelet's SIGTERM and the node's condition race each other by some milliseconds. */
const PauseMs = 100;

/** Asks again and again, until `signal` aborts; each answer, and each failure, goes to `tell`. */
export async function askNodeState(options: {
  readonly reader: NodeStateReader;
  readonly node: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (state: NodeStateAnswer, error?: unknown) => void;
}): Promise<void> {
  const { reader, node, clock, signal, tell } = options;
  while (!signal.aborted) {
    try {
      const { state } = await reader.read(node, { signal });
      if (!signal.aborted) tell(state);
    } catch (error) {
      if (!signal.aborted) tell("unavailable", error);
    }
    await new Promise<void>((resolve) => {
      clock.schedule(PauseMs, resolve);
    });
  }
}
