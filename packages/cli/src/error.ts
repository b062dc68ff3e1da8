/** Why a command failed that has no other package behind it. */
export type CliErrorCode = "ERR_CLI_NO_BUNDLE" | "ERR_CLI_NOT_EMPTY" | "ERR_CLI_INSTALL" | "ERR_CLI_FILE_CAPABILITIES";

/** What a {@link CliError} is made of. */
export interface CliErrorDetails {
  readonly code: CliErrorCode;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** A command of crik failed. Without a brand, because it never leaves `main`, which prints it. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;
  /** One more sentence: what to do about it. */
  readonly hint: string | undefined;

  constructor(message: string, { code, hint, cause }: CliErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}
