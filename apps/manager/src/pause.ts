import { setTimeout as sleep } from "node:timers/promises";

/** Waits. Rejects with the signal's reason, where the timer of Node.js rejects with an error of its own. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
