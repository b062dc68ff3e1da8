import { isStoreError, StoreError, type StoreErrorDetails } from "./error.ts";

/** The `code` of a system error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What was thrown, as a sentence: anything can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A store's error out of whatever a system call threw. One that is a store's already stays as it is, but learns what is left. */
export function storeError(error: unknown, what: string, details: StoreErrorDetails = {}): StoreError {
  if (isStoreError(error)) {
    const { code, hint, cause, left } = error;
    if (left !== undefined || details.left === undefined) return error;
    return new StoreError(code, error.message, { hint, cause, left: details.left });
  }
  const message = `${what} failed: ${messageOf(error)}`;
  switch (codeOf(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return new StoreError("ERR_STORE_FULL", message, {
        hint: "make the volume larger, or keep fewer generations",
        ...details,
        cause: error,
      });
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return new StoreError("ERR_STORE_READ_ONLY", message, {
        hint: "mount the volume writable, and check its owner and fsGroup",
        ...details,
        cause: error,
      });
    default:
      return new StoreError("ERR_STORE_IO", message, { ...details, cause: error });
  }
}

/** As {@link storeError}, of something that only read: what may not be read says nothing about being written to. */
export function readError(error: unknown, what: string): StoreError {
  const converted = storeError(error, what);
  if (converted.code !== "ERR_STORE_READ_ONLY" || converted === error) return converted;
  return new StoreError("ERR_STORE_IO", converted.message, { hint: "check its owner, and fsGroup", cause: error });
}

/** @throws StoreError `ERR_STORE_ABORTED` when the signal has aborted */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) {
    throw new StoreError("ERR_STORE_ABORTED", `${what} was given up`, { cause: signal.reason });
  }
}
