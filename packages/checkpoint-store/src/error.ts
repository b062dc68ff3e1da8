/** Every way in which the store can fail. A code never changes its meaning. */
export type StoreErrorCode =
  /** An option of the caller is wrong; nothing was looked at. */
  | "ERR_STORE_INVALID_OPTION"
  /** The image directory and its parent are missing, or there is no such generation. */
  | "ERR_STORE_NOT_FOUND"
  | "ERR_STORE_NOT_A_DIRECTORY"
  /** The directory may not be written to: a read-only volume, its owner, or a store that was opened with `readOnly`. */
  | "ERR_STORE_READ_ONLY"
  /** No space or quota left. */
  | "ERR_STORE_FULL"
  /** The directory holds files that are not crik's. */
  | "ERR_STORE_FOREIGN"
  /** The directory holds a checkpoint of the Go original. */
  | "ERR_STORE_ORIGINAL_CRIK"
  /** Written by a crik that knows another format. */
  | "ERR_STORE_FORMAT"
  /** The manifest is damaged, or a file is there that it does not know, or one is no plain file. */
  | "ERR_STORE_MANIFEST"
  /** A file is missing or has another size. */
  | "ERR_STORE_SIZE"
  /** A file is not what was written. */
  | "ERR_STORE_DIGEST"
  /** Another container has taken the claim over, or a newer generation was restored meanwhile. */
  | "ERR_STORE_CLAIM_LOST"
  /** A path that has to be carried cannot be kept: a name that is not UTF-8; or one to be set aside: a socket, a device, a mount. */
  | "ERR_STORE_UNSUPPORTED_FILE"
  /** What has to be carried is larger than the limit. */
  | "ERR_STORE_TOO_LARGE"
  /** A carried file cannot be written to its place. */
  | "ERR_STORE_PUT_BACK"
  /** What was put back cannot be taken back: the container is not what it was. */
  | "ERR_STORE_TAKE_BACK"
  | "ERR_STORE_ABORTED"
  /** Any other failure of the file system; `cause` is the system's error. */
  | "ERR_STORE_IO";

const Brand = Symbol.for("@crik/checkpoint-store.StoreError");

/** What a {@link StoreError} may carry beside its code and its sentence. */
export interface StoreErrorDetails extends ErrorOptions {
  readonly hint?: string | undefined;
  readonly left?: string | undefined;
}

/** Any failure of this package. */
export class StoreError extends Error {
  static {
    // On the prototype, so that two copies of this package in one tree recognise each other's errors.
    Object.defineProperty(StoreError.prototype, Brand, { value: true });
  }

  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  /** One sentence on what to do, when we know. */
  readonly hint: string | undefined;
  /** One sentence on what is left behind, when that is not simply nothing. */
  readonly left: string | undefined;

  constructor(code: StoreErrorCode, message: string, details: StoreErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.left = details.left;
  }
}

/** True for errors of this package, from any copy of it. */
export function isStoreError(error: unknown): error is StoreError {
  return typeof error === "object" && error !== null && Brand in error;
}
