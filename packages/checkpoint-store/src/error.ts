/** Every way in which the store can fail. A code never changes its meaning. */
export type StoreErrorCode =
  | "ERR_STORE_NOT_FOUND"
  | "ERR_STORE_NOT_A_DIRECTORY"
  | "ERR_STORE_READ_ONLY"
  | "ERR_STORE_FULL"
  | "ERR_STORE_FOREIGN"
  | "ERR_STORE_ORIGINAL_CRIK"
  | "ERR_STORE_FORMAT"
  | "ERR_STORE_MANIFEST"
  | "ERR_STORE_SIZE"
  | "ERR_STORE_DIGEST"
  | "ERR_STORE_CLAIM_LOST"
  | "ERR_STORE_UNSUPPORTED_FILE"
  | "ERR_STORE_PUT_BACK"
  | "ERR_STORE_ABORTED"
  | "ERR_STORE_IO";

const Brand = Symbol.for("@crik/checkpoint-store.StoreError");

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

  constructor(
    code: StoreErrorCode,
    message: string,
    options: ErrorOptions & { readonly hint?: string | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.hint = options.hint;
  }
}

/** True for errors of this package, from any copy of it. */
export function isStoreError(error: unknown): error is StoreError {
  return typeof error === "object" && error !== null && Brand in error;
}
