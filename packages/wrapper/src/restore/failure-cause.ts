import { isStoreError } from "@crik/checkpoint-store";
import { type CriuError, isCriuError, isCriuOperationError } from "@crik/criu-driver";
import type { RestoreFailure } from "../state.ts";

/** What the system says when this container, its node or the volume is at fault: room, memory, rights, or storage that fails. */
const OfThisContainer: ReadonlySet<string> = new Set([
  "ENOSPC",
  "EDQUOT",
  "EROFS",
  "EACCES",
  "EPERM",
  "ENOMEM",
  "EAGAIN",
  "EMFILE",
  "ENFILE",
  "EIO",
  "ESTALE",
  "ETIMEDOUT",
]);

/** Headlines of CRIU's log that say the same. */
const HeadlinesOfThisContainer: readonly RegExp[] = [
  // The kernel was out of memory (measured): when CRIU itself ends what it has made, it has logged why, and that is the headline.
  /\bkilled by signal 9\b/,
  // Another process of this container has the pid; in the next container that one is not.
  /Can't fork for \d+: File exists/,
  // The restorer has only the number: no memory (12), or EAGAIN (11) for too many, or EEXIST (17) for an id that another thread has.
  /Unable to create a thread: -(?:11|12|17)\b/,
  /: (?:Cannot allocate memory|No space left on device|Disk quota exceeded|Input\/output error|Stale file handle)\b/,
  /: (?:Resource temporarily unavailable|Too many open files|Too many open files in system)\b/,
];

/**
 * Pure: what a failure says about the checkpoint, by the innermost error that has a code. Only CRIU's own failure, a wrong digest, or files that do not fit
 * into this container's image are held against it; anything else is this container's, and the checkpoint stays for the next one.
 */
export function causeOf(error: unknown): RestoreFailure {
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    if (!isStoreError(inner)) continue;
    switch (inner.code) {
      case "ERR_STORE_CLAIM_LOST":
        return "claim-lost";
      case "ERR_STORE_FULL":
      case "ERR_STORE_READ_ONLY":
      case "ERR_STORE_IO":
        return "environment";
      case "ERR_STORE_PUT_BACK":
        return OfThisContainer.has(systemCodeOf(inner.cause)) ? "environment" : "put-back";
      default:
        return "digest";
    }
  }
  return isCriuError(error) && isOfTheImages(error) ? "criu" : "environment";
}

function isOfTheImages(error: CriuError): boolean {
  if (error.code === "ERR_CRIU_IMAGE_FORMAT") return true;
  // A restore that took too long is not: sizes were checked, so that no short image makes CRIU spin, and storage may be slow.
  if (error.code !== "ERR_CRIU_RESTORE") return false;
  if (!isCriuOperationError(error)) return true;
  // From outside, as by the kernel when memory is short.
  if (error.signal === "SIGKILL") return false;
  const headline = error.log.headline?.text ?? "";
  return !HeadlinesOfThisContainer.some((pattern) => pattern.test(headline));
}

function systemCodeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
