import { readFile } from "node:fs/promises";
import { CriuError } from "../error.ts";
import type { HookDecision } from "../hook/decision.ts";
import { listCorePids } from "../images/core-pids.ts";
import type { Command } from "../options.ts";
import { readProcessStat } from "../proc/stat.ts";
import { type ProgramEnd, startProgram, startReporting } from "../run.ts";
import { signalName } from "../task/exit-status.ts";
import { followKeeperReport, type KeeperReport } from "../task/keeper-report.ts";
import { keptTask, sendSignal } from "../task/kept-task.ts";
import { polledTask } from "../task/polled-task.ts";
import type { RestoredTask } from "../task/restored-task.ts";
import { endLeftovers, killCriu } from "./leftovers.ts";
import { type SupervisedEnd, supervise } from "./supervise.ts";

/** One restore, ready to be run. */
export interface RestoreRun {
  readonly criuArgv: Command;
  readonly keeper: Command | undefined;
  readonly imageDirectory: string;
  readonly pidFile: string;
  readonly outputFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly passed: ReadonlySet<number>;
  readonly shellJob: boolean;
  readonly hook: HookDecision | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly startedAt: number;
}

/** How it went; `broken`: something other than CRIU failed. */
export type RestoreOutcome =
  | { readonly kind: "restored"; readonly argv: Command; readonly task: RestoredTask }
  | {
      readonly kind: "failed";
      readonly argv: Command;
      readonly run: SupervisedEnd;
      readonly left: "gone" | "running" | "unknown";
    }
  | { readonly kind: "broken"; readonly argv: Command; readonly error: CriuError };

/** Runs CRIU as a child of this process's. */
export async function restoreAlone(run: RestoreRun): Promise<RestoreOutcome> {
  const argv = run.criuArgv;
  const { outputFile, env, passed } = run;
  // A shell job is restored into CRIU's own session, which must then be the terminal's.
  const criu = await startProgram({ argv, outputFile, env, passed, ownSession: !run.shellJob });
  const pid = criu.pid ?? 0;
  const dying = {
    pid,
    stat: criu.pid === undefined ? undefined : readProcessStat(criu.pid),
    corePids: await listCorePids(run.imageDirectory).catch(() => []),
  };
  const ended = await supervise(criu, { ...run, kill: () => void killCriu(pid) });
  if (ended.end.exitCode === 0) {
    const root = await readPidFile(run.pidFile);
    if (root !== undefined) return { kind: "restored", argv, task: polledTask(root) };
    const error = new CriuError(
      "ERR_CRIU_TASK_LOST",
      `restore of ${run.imageDirectory} succeeded, but CRIU wrote no pid into ${run.pidFile}`,
    );
    return { kind: "broken", argv, error };
  }
  if (criu.pid === undefined) return { kind: "failed", argv, run: ended, left: "gone" };
  return { kind: "failed", argv, run: ended, left: (await endLeftovers(dying)) ? "gone" : "running" };
}

/** How long a keeper may take to end what a failed restore has left, in milliseconds. */
const KeeperCleanUpMs = 5_000;

/** Runs CRIU under a keeper, which stays. */
export async function restoreUnderKeeper(run: RestoreRun, command: Command): Promise<RestoreOutcome> {
  const argv: Command = [...command, "--report-fd", "3", "--pidfile", run.pidFile, "--", ...run.criuArgv];
  const keeper = startReporting({ argv, outputFile: run.outputFile, env: run.env, passed: run.passed });
  const report = followKeeperReport(keeper.report);
  const { pid } = keeper;
  if (pid === undefined) {
    const { startError: cause } = await keeper.ended;
    return broken(argv, `the keeper ${argv[0]} cannot be run: ${cause?.message}`, cause);
  }
  const kill = (): void => {
    // The keeper stays to end what CRIU leaves; if it does not even know CRIU, its own death ends CRIU.
    if (report.criuPid === undefined) return void keeper.kill("SIGKILL");
    sendSignal(report.criuPid, "SIGKILL");
    setTimeout(() => {
      if (report.rootPid === undefined) keeper.kill("SIGKILL");
    }, KeeperCleanUpMs).unref();
  };
  const ended = report.complete.then(() => criuEnd(report));
  const supervised = await supervise({ ended }, { ...run, kill });
  if (report.rootPid !== undefined)
    return { kind: "restored", argv, task: keptTask(report.rootPid, { ...keeper, pid }) };
  const keeperEnd = await keeper.ended;
  if (report.criuEnd === undefined && supervised.stop === undefined) {
    return broken(argv, `the keeper ${argv[0]} ended without having run CRIU (${endText(keeperEnd)})`);
  }
  if (supervised.end.exitCode === 0)
    return broken(argv, `the keeper ${argv[0]} lost the restored task (${endText(keeperEnd)})`);
  return { kind: "failed", argv, run: supervised, left: report.clean ? "gone" : "unknown" };
}

function criuEnd({ criuEnd: end }: KeeperReport): ProgramEnd {
  if (end === undefined) return { signal: "SIGKILL" };
  return "exitCode" in end ? { exitCode: end.exitCode } : { signal: signalName(end.signalNumber) };
}

function endText({ exitCode, signal }: ProgramEnd): string {
  return signal === undefined ? `exit code ${exitCode}` : signal;
}

function broken(argv: Command, message: string, cause?: unknown): RestoreOutcome {
  return { kind: "broken", argv, error: new CriuError("ERR_CRIU_KEEPER", message, { cause }) };
}

/** Reads a pid file that CRIU wrote. */
async function readPidFile(file: string): Promise<number | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  return /^\s*[1-9]\d{0,9}\s*$/.test(text) ? Number(text) : undefined;
}
