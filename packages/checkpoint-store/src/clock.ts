import { setTimeout as delay } from "node:timers/promises";

/** The store's only clock. It never goes back and is compared with itself alone: no two machines' clocks are ever compared. */
export interface StoreClock {
  /** Milliseconds. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal | undefined): Promise<void>;
}

/** The real clock. */
export const systemClock: StoreClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(Math.max(0, ms), undefined, { signal }).catch(() => {}),
};
