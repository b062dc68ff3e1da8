import type { ConfigIssue } from "./issue.ts";

/** Why a configuration could not be loaded. */
export type ConfigErrorCode =
  | "ERR_CONFIG_NOT_FOUND"
  | "ERR_CONFIG_UNREADABLE"
  | "ERR_CONFIG_INVALID"
  | "ERR_CONFIG_ABORTED";

const brand = Symbol.for("@crik/config.ConfigError");

/** What a {@link ConfigError} is made of. */
export interface ConfigErrorDetails {
  readonly code: ConfigErrorCode;
  readonly file: string | undefined;
  readonly issues?: readonly ConfigIssue[] | undefined;
  readonly text?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The configuration cannot be used. Every issue is in {@link ConfigError.issues}, not just the first. */
export class ConfigError extends Error {
  static {
    // On the prototype, so that two copies of this package in one tree recognise each other's errors.
    Object.defineProperty(ConfigError.prototype, brand, { value: true });
  }

  override readonly name = "ConfigError";
  readonly code: ConfigErrorCode;
  /** The file that was read or looked for; `undefined` when the values came from variables and flags alone. */
  readonly file: string | undefined;
  /** Empty unless the code is `ERR_CONFIG_INVALID`. */
  readonly issues: readonly ConfigIssue[];
  /** One more sentence: what to do about it. */
  readonly hint: string | undefined;
  /** The file's content, for {@link formatIssue}. Not enumerable, so that a logged error does not carry the whole file. */
  declare readonly text: string;

  constructor(message: string, details: ConfigErrorDetails) {
    super(message, "cause" in details && details.cause !== undefined ? { cause: details.cause } : undefined);
    this.code = details.code;
    this.file = details.file;
    this.issues = details.issues ?? [];
    this.hint = details.hint;
    Object.defineProperty(this, "text", { value: details.text ?? "", enumerable: false });
  }
}

/** Recognises a {@link ConfigError} by its brand, also one of another copy of this package. */
export function isConfigError(error: unknown): error is ConfigError {
  return error instanceof Error && brand in error;
}
