const brand = Symbol.for("@crik/init.InitError");

/** Why the native programs cannot be had. Codes never change their meaning. */
export type InitErrorCode = "ERR_INIT_UNSUPPORTED_ARCHITECTURE" | "ERR_INIT_PROGRAM_NOT_FOUND";

/** The one error of this package. Tell it by {@link isInitError}, which works across copies of the package, and by `code`. */
export class InitError extends Error {
  static {
    // On the prototype, so that two copies of this package in one tree recognise each other's errors.
    Object.defineProperty(InitError.prototype, brand, { value: true });
  }

  override readonly name = "InitError";
  readonly code: InitErrorCode;
  /** One more sentence: what to do about it. */
  readonly hint: string;

  constructor(code: InitErrorCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Whether `error` is an {@link InitError}, of whichever copy of this package. */
export function isInitError(error: unknown): error is InitError {
  return typeof error === "object" && error !== null && brand in error;
}
