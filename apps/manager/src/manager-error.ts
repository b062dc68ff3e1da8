/** Why a manager could not start. */
export type ManagerErrorCode =
  /** A file that an option names cannot be read or used. */
  | "ERR_MANAGER_FILE"
  /** A port cannot be listened on. */
  | "ERR_MANAGER_LISTEN";

const brand = Symbol.for("@crik/manager.ManagerError");

/** A manager could not start; nothing of it is left. */
export class ManagerError extends Error {
  static {
    Object.defineProperty(ManagerError.prototype, brand, { value: true });
  }

  override readonly name = "ManagerError";
  readonly code: ManagerErrorCode;

  constructor(code: ManagerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Recognises a {@link ManagerError} by its brand. */
export function isManagerError(error: unknown): error is ManagerError {
  return error instanceof Error && brand in error;
}
