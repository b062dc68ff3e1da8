import { setImmediate as turn } from "node:timers/promises";
import { throwIfAborted } from "./system-error.ts";

/** Longest stretch of work without letting timers and signals in, in milliseconds. */
const SliceMs = 8;

/** Lets others work from time to time. */
export interface Slices {
  /** True when it is time for {@link Slices.turn}: asked in loops, so that most rounds cost no promise. */
  due(): boolean;
  /** Lets everything else that waits run. @throws StoreError `ERR_STORE_ABORTED` */
  turn(): Promise<void>;
}

/**
 * For loops over many small files. Synchronous calls cost about 3 µs each where asynchronous ones cost 30 (four threads, two cores), and fifty
 * thousand files are looked at while the application stands frozen; in slices, signals and deadlines still work.
 */
export function slices(signal: AbortSignal | undefined, what: string): Slices {
  let since = performance.now();
  return {
    due: () => performance.now() - since >= SliceMs,
    turn: async () => {
      await turn();
      throwIfAborted(signal, what);
      since = performance.now();
    },
  };
}
