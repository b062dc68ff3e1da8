import { CriuError } from "../error.ts";

/**
 * Waits for something that cannot be cancelled itself, until a signal aborts.
 *
 * @throws CriuError `ERR_CRIU_ABORTED`, with the signal's reason as cause
 */
export async function aborted<T>(promise: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
  if (signal === undefined) return promise;
  const stopping = Promise.withResolvers<never>();
  const onAbort = (): void => {
    stopping.reject(new CriuError("ERR_CRIU_ABORTED", `${what} was aborted`, { cause: signal.reason }));
  };
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, stopping.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
