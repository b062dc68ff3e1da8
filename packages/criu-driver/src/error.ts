import type { CriuLogExcerpt } from "./log/line.ts";

/** Every way in which an operation of this package can fail. A code never changes its meaning. */
export type CriuErrorCode =
  /** The program could not be started: no such file, or not executable. */
  | "ERR_CRIU_NOT_FOUND"
  /** CRIU ran and says that it lacks a capability for anything at all. */
  | "ERR_CRIU_NOT_PERMITTED"
  /** An option given to this package is no good; nothing was run. */
  | "ERR_CRIU_INVALID_OPTION"
  /** This CRIU, or this kernel, does not know what was asked for. */
  | "ERR_CRIU_UNSUPPORTED"
  /** A callback (`whenFrozen`, `beforeResume`) rejected, or could not be asked. Its error is the cause. */
  | "ERR_CRIU_HOOK"
  | "ERR_CRIU_DUMP"
  | "ERR_CRIU_PRE_DUMP"
  | "ERR_CRIU_RESTORE"
  | "ERR_CRIU_PAGE_SERVER"
  | "ERR_CRIU_CHECK"
  /** `signal` aborted. Its reason is the cause. */
  | "ERR_CRIU_ABORTED"
  /** `timeoutMs` passed. */
  | "ERR_CRIU_TIMEOUT"
  /** The keeper could not be started, or broke its protocol. */
  | "ERR_CRIU_KEEPER"
  /** A restored task ended and somebody else took its exit status. */
  | "ERR_CRIU_TASK_LOST"
  /** A directory or file that should be one of CRIU's is missing or cannot be read. */
  | "ERR_CRIU_IMAGE_DIRECTORY"
  /** A file of CRIU's does not have the format that its name promises. */
  | "ERR_CRIU_IMAGE_FORMAT";

/** What a {@link CriuError} is made with beside its code and message. */
export interface CriuErrorOptions extends ErrorOptions {
  /** One sentence on what to try. */
  readonly hint?: string | undefined;
}

const Brand = Symbol.for("@crik/criu-driver.CriuError");

/** Any failure of this package. */
export class CriuError extends Error {
  override readonly name: string = "CriuError";
  readonly code: CriuErrorCode;
  /** One sentence on what to try, when we know. */
  declare readonly hint?: string;

  constructor(code: CriuErrorCode, message: string, options: CriuErrorOptions = {}) {
    super(message, options);
    this.code = code;
    if (options.hint !== undefined) this.hint = options.hint;
  }

  // Not a computed member: those have no place in declarations that are made file by file.
  static {
    Object.defineProperty(CriuError.prototype, Brand, { value: true });
  }
}

/** The operations of CRIU's that can fail as a {@link CriuOperationError}. */
export type CriuOperation = "dump" | "pre-dump" | "restore" | "page-server" | "check";

/** Facts about a run of CRIU that failed. */
export interface CriuFailure {
  readonly operation: CriuOperation;
  /** Exactly what was run; `argv[0]` is the program. Never holds a value of the environment. */
  readonly argv: readonly string[];
  readonly exitCode?: number;
  /** The signal that ended CRIU. */
  readonly signal?: NodeJS.Signals;
  readonly durationMs: number;
  readonly log: CriuLogExcerpt;
  /**
   * What is left of the task.
   *
   * After a dump: `"running"` is the normal case, since CRIU lets the tree go on when it fails; `"gone"` when its root no longer exists.
   * After a restore: `"gone"` when nothing that CRIU made is left; `"running"` when something could not be ended.
   */
  readonly task: "running" | "gone" | "unknown";
  /**
   * The callback (`whenFrozen`, `beforeResume`) resolved, or there was none to ask, and then CRIU failed: whoever relies on the callback (a commit, a consumed
   * checkpoint) relies on it still. After a dump the tree was therefore ended in CRIU's place; where `task` is not `"gone"` it could not be.
   */
  readonly hookAllowed: boolean;
  /** Restores only: CRIU has announced that it lets the tree run (`pre-resume`), so that part of it may have run. */
  readonly resumed: boolean;
}

/** CRIU ran and failed, or was ended. `message` has the headline, `log` the evidence. */
export class CriuOperationError extends CriuError implements CriuFailure {
  override readonly name = "CriuOperationError";
  readonly operation: CriuOperation;
  readonly argv: readonly string[];
  declare readonly exitCode?: number;
  declare readonly signal?: NodeJS.Signals;
  readonly durationMs: number;
  readonly log: CriuLogExcerpt;
  readonly task: "running" | "gone" | "unknown";
  readonly hookAllowed: boolean;
  readonly resumed: boolean;

  constructor(code: CriuErrorCode, message: string, failure: CriuFailure, options: CriuErrorOptions = {}) {
    super(code, message, options);
    this.operation = failure.operation;
    this.argv = failure.argv;
    if (failure.exitCode !== undefined) this.exitCode = failure.exitCode;
    if (failure.signal !== undefined) this.signal = failure.signal;
    this.durationMs = failure.durationMs;
    this.log = failure.log;
    this.task = failure.task;
    this.hookAllowed = failure.hookAllowed;
    this.resumed = failure.resumed;
  }
}

/** True for errors of this package, from any copy of it: checks a `Symbol.for` brand, not the prototype. */
export function isCriuError(error: unknown): error is CriuError {
  return typeof error === "object" && error !== null && Brand in error;
}

/** True for a {@link CriuOperationError} of any copy of this package. */
export function isCriuOperationError(error: unknown): error is CriuOperationError {
  return isCriuError(error) && "operation" in error && "log" in error;
}

/** Pure: the cause chain's innermost sentence stays `cause`; this only makes an `Error` of anything thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
