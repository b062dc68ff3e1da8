/** Every way in which the wrapper itself can fail. */
export type WrapperErrorCode =
  | "ERR_WRAPPER_COMMAND_NOT_FOUND"
  | "ERR_WRAPPER_COMMAND_NOT_EXECUTABLE"
  | "ERR_WRAPPER_INIT"
  | "ERR_WRAPPER_REFUSED"
  | "ERR_WRAPPER_TREE_CHANGED"
  | "ERR_WRAPPER_PIDS"
  | "ERR_WRAPPER_MEMORY"
  | "ERR_WRAPPER_INCOMPATIBLE"
  | "ERR_WRAPPER_QUARANTINED";

const Brand = Symbol.for("@crik/wrapper.WrapperError");

/** A failure of the wrapper's own; CRIU's and the store's come through as they are, as `cause`. */
export class WrapperError extends Error {
  static {
    // On the prototype, so that two copies of this package in one tree recognise each other's errors.
    Object.defineProperty(WrapperError.prototype, Brand, { value: true });
  }

  override readonly name = "WrapperError";
  readonly code: WrapperErrorCode;
  /** One sentence on what to do, when we know. */
  readonly hint: string | undefined;

  constructor(
    code: WrapperErrorCode,
    message: string,
    options: ErrorOptions & { readonly hint?: string | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.hint = options.hint;
  }
}

/** What was thrown, as an error: anything can be thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** True for errors of this package, from any copy of it. */
export function isWrapperError(error: unknown): error is WrapperError {
  return typeof error === "object" && error !== null && Brand in error;
}
