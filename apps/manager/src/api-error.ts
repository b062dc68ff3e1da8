/** Why something could not be had from the API server. */
export type ApiErrorCode =
  /** A kubeconfig, token or certificate cannot be read, or asks for what is not supported here. */
  | "ERR_API_CREDENTIALS"
  /** No connection, or it broke. */
  | "ERR_API_UNREACHABLE"
  /** No answer in time. */
  | "ERR_API_TIMEOUT"
  /** The server speaks HTTP/1.1 only. */
  | "ERR_API_NO_HTTP2"
  /** An answer with an error status: see {@link ApiError.status}. */
  | "ERR_API_HTTP"
  /** The server no longer has what happened since the resource version: list anew. */
  | "ERR_API_EXPIRED"
  /** What it said is not what the API promises. */
  | "ERR_API_PROTOCOL"
  /** Its data are older than what it said before, as after a restore of etcd from a backup. */
  | "ERR_API_WENT_BACK";

/** What an {@link ApiError} is made with beside its code and message. */
export interface ApiErrorOptions extends ErrorOptions {
  /** One more sentence: what to do about it. */
  readonly hint?: string | undefined;
  /** The HTTP status, of `ERR_API_HTTP`. */
  readonly status?: number | undefined;
  /** For how long the server asks to be left alone. */
  readonly retryAfterMs?: number | undefined;
}

const brand = Symbol.for("@crik/manager.ApiError");

/** A failure in talking to the API server. Never holds a header or a token. */
export class ApiError extends Error {
  static {
    Object.defineProperty(ApiError.prototype, brand, { value: true });
  }

  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  readonly hint: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ApiErrorCode, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Recognises an {@link ApiError} by its brand. */
export function isApiError(error: unknown): error is ApiError {
  return error instanceof Error && brand in error;
}
