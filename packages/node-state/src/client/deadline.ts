/** A time limit on one connection: its signal aborts when the time is over, or when the caller's does. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Begins anew. */
  restart(ms: number): void;
  /** Lets the time stand still until the next `restart`. */
  stop(): void;
}

/** Starts to count. Its end, by `using`, aborts the signal too, so that nothing of the connection is left. */
export function startDeadline(ms: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  let timer = setTimeout(abort, ms);
  if (caller?.aborted === true) abort();
  caller?.addEventListener("abort", abort);
  return {
    signal: controller.signal,
    restart(again) {
      clearTimeout(timer);
      timer = setTimeout(abort, again);
    },
    stop: () => clearTimeout(timer),
    [Symbol.dispose]() {
      clearTimeout(timer);
      caller?.removeEventListener("abort", abort);
      abort();
    },
  };
}

/** What `work` gives, or a rejection when `signal` aborts first: also where `work` itself cannot be aborted, such as reading a file of a dead mount. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Waits; not longer than until `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal?.aborted === true) done();
    signal?.addEventListener("abort", done);
  });
}
