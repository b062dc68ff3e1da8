import { readFile } from "node:fs/promises";
import { asError, type CriuErrorCode, type CriuFailure, type CriuOperation, CriuOperationError } from "../error.ts";
import type { HookDecision } from "../hook/decision.ts";
import { excerptCriuLog, excerptOf } from "../log/excerpt.ts";
import { matchFailure } from "../log/failures.ts";
import { type CriuLogExcerpt, parseLogLine } from "../log/line.ts";
import type { SupervisedEnd } from "./supervise.ts";

const OwnCode: Readonly<Record<CriuOperation, CriuErrorCode>> = {
  dump: "ERR_CRIU_DUMP",
  "pre-dump": "ERR_CRIU_PRE_DUMP",
  restore: "ERR_CRIU_RESTORE",
  "page-server": "ERR_CRIU_PAGE_SERVER",
  check: "ERR_CRIU_CHECK",
};

const HowToGetCriu = "install CRIU 4.2 or newer, or give its path as `command`";

/** What is known about a run of CRIU that did not succeed. */
export interface FailedRun {
  readonly operation: CriuOperation;
  /** What was tried, e.g. `dump of pid 4242 into /checkpoint`. */
  readonly what: string;
  readonly argv: readonly string[];
  readonly logFile: string;
  /** File with what CRIU printed. */
  readonly outputFile: string;
  readonly run: SupervisedEnd;
  readonly hook?: HookDecision | undefined;
  readonly task: CriuFailure["task"];
  /** What failed when that was not CRIU itself. */
  readonly trouble?: Trouble | undefined;
}

/** A failure that needs no looking for. */
export interface Trouble {
  readonly code: CriuErrorCode;
  /** The end of a sentence that begins with what was tried. */
  readonly why: string;
  readonly cause?: unknown;
}

/** Makes the error of a failed run: finds the cause in the log, or in what CRIU printed before it had one. */
export async function operationError(failed: FailedRun): Promise<CriuOperationError> {
  const { operation, what, argv, run, hook } = failed;
  const output = (await readFile(failed.outputFile, "utf8").catch(() => "")).slice(0, 64 * 1024);
  const log = await evidence(failed.logFile, output);
  const { code, why, cause, hint } = judge(failed, log, output);
  const failure: CriuFailure = {
    operation,
    argv,
    ...(run.end.exitCode === undefined ? {} : { exitCode: run.end.exitCode }),
    ...(run.end.signal === undefined ? {} : { signal: run.end.signal }),
    durationMs: run.durationMs,
    log,
    task: failed.task,
    hookAllowed: hook?.allowed ?? false,
    resumed: hook?.seen.has("pre-resume") ?? false,
  };
  return new CriuOperationError(code, `${what} ${why}`, failure, { ...(cause === undefined ? {} : { cause }), hint });
}

interface Judgement extends Trouble {
  readonly hint?: string | undefined;
}

function judge({ operation, run, hook, argv, trouble }: FailedRun, log: CriuLogExcerpt, output: string): Judgement {
  if (trouble !== undefined)
    return { ...trouble, hint: trouble.code === "ERR_CRIU_NOT_FOUND" ? HowToGetCriu : undefined };
  const { end, stop } = run;
  if (end.startError !== undefined) {
    const why = `failed: ${argv[0]} cannot be run: ${end.startError.message}`;
    return { code: "ERR_CRIU_NOT_FOUND", why, cause: end.startError, hint: HowToGetCriu };
  }
  if (stop?.kind === "aborted") {
    return { code: "ERR_CRIU_ABORTED", why: `was aborted: ${asError(stop.reason).message}`, cause: stop.reason };
  }
  if (stop?.kind === "timed-out") {
    return { code: "ERR_CRIU_TIMEOUT", why: `took longer than ${stop.afterMs} ms`, cause: hook?.refusal };
  }
  // A callback that gives up because CRIU has died is not the reason of that.
  if (hook?.refusal !== undefined && end.signal === undefined) {
    return { code: "ERR_CRIU_HOOK", why: `was refused: ${hook.refusal.message}`, cause: hook.refusal };
  }
  const undecided = hook !== undefined && !hook.allowed;
  if (undecided && end.exitCode === 0)
    return { code: "ERR_CRIU_HOOK", why: "succeeded without asking: CRIU never ran its hook" };
  const headline = log.headline?.text;
  const ended = end.signal === undefined ? `exit code ${end.exitCode}` : `killed by ${end.signal}`;
  const why = `failed: ${headline ?? `${ended}, and no error was logged`}`;
  // The hook could not be run, or did not reach this process.
  if (undecided && /^(Script .* exited with|execvp\(.*\) failed)/.test(headline ?? ""))
    return { code: "ERR_CRIU_HOOK", why };
  // As a shell has it, and a keeper: 127 for a program that is not there, 126 for one that cannot be run.
  if (log.headline?.level !== "error" && (end.exitCode === 127 || end.exitCode === 126)) {
    return { code: "ERR_CRIU_NOT_FOUND", why, hint: HowToGetCriu };
  }
  const hint = headline === undefined ? undefined : matchFailure(headline)?.hint;
  return { code: codeOf(operation, output), why, hint, cause: hook?.refusal };
}

/** What CRIU prints, rather than logs, it says before it has looked at the task. */
function codeOf(operation: CriuOperation, output: string): CriuErrorCode {
  if (/CRIU needs to have the CAP_SYS_ADMIN or the CAP_CHECKPOINT_RESTORE|Running as non-root requires/.test(output)) {
    return "ERR_CRIU_NOT_PERMITTED";
  }
  if (/unrecognized option|invalid option|Unknown feature|unknown command/.test(output)) return "ERR_CRIU_UNSUPPORTED";
  return OwnCode[operation];
}

async function evidence(logFile: string, output: string): Promise<CriuLogExcerpt> {
  const log = await excerptCriuLog(logFile).catch(() => undefined);
  if (log?.headline !== undefined) return log;
  const printed = output.split("\n").filter((line) => line.trim() !== "");
  if (printed.length === 0) return log ?? { file: logFile, lines: [] };
  const lines = printed.map((line, index) => parseLogLine(line, index + 1));
  const excerpt = excerptOf(logFile, lines);
  const first = lines[0];
  return excerpt.headline !== undefined || first === undefined ? excerpt : { ...excerpt, headline: first };
}
