const brand: unique symbol = Symbol.for("@crik/init.InitError");

/** Why the native programs cannot be had. Codes never change their meaning. */
export type InitErrorCode = "ERR_INIT_UNSUPPORTED_ARCHITECTURE" | "ERR_INIT_PROGRAM_NOT_FOUND";

/** The one error of this package. Tell it by {@link isInitError}, which works across copies of the package, and by `code`. */
export class InitError extends Error {
  override readonly name: string = "InitError";
  readonly code: InitErrorCode;
  /** What to do about it. */
  readonly hint: string;
  readonly [brand] = true as const;

  constructor(code: InitErrorCode, message: string, options: { readonly hint: string; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** Whether `error` is an {@link InitError}, of whichever copy of this package. */
export function isInitError(error: unknown): error is InitError {
  return typeof error === "object" && error !== null && brand in error;
}
