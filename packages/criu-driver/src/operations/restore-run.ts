import { closeSync, constants, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { HookDecision } from "../hook/decision.ts";
import { listCorePids } from "../images/core-pids.ts";
import type { Command, InheritedFile } from "../options.ts";
import { sendSignal } from "../proc/signal-tree.ts";
import { type ProcessStat, readProcessStat } from "../proc/stat.ts";
import { type ProgramEnd, startProgram, startReporting } from "../run.ts";
import { signalName } from "../task/exit-status.ts";
import { followKeeperReport, type KeeperReport } from "../task/keeper-report.ts";
import { keptTask } from "../task/kept-task.ts";
import { polledTask } from "../task/polled-task.ts";
import type { RestoredTask } from "../task/restored-task.ts";
import type { Trouble } from "./failure.ts";
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
  /** Files for a keeper to hand on. */
  readonly inheritFiles: readonly InheritedFile[];
  /** For a keeper: the clock that it gives the tree. */
  readonly monotonicMs: number | undefined;
  readonly shellJob: boolean;
  readonly hook: HookDecision | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly startedAt: number;
}

/** How it went. */
export type RestoreOutcome =
  | { readonly kind: "restored"; readonly argv: Command; readonly task: RestoredTask }
  | {
      readonly kind: "failed";
      readonly argv: Command;
      readonly run: SupervisedEnd;
      readonly left: "gone" | "running" | "unknown";
      /** Set when something other than CRIU failed. */
      readonly trouble?: Trouble | undefined;
    };

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
  const ended = await supervise(criu, { ...run, kill: () => killCriu(pid) });
  if (ended.end.exitCode === 0) {
    const root = await readPidFile(run.pidFile);
    if (root !== undefined) return { kind: "restored", argv, task: polledTask(root) };
    const why = `succeeded, but CRIU wrote no pid into ${run.pidFile}`;
    return { kind: "failed", argv, run: ended, left: "unknown", trouble: { code: "ERR_CRIU_TASK_LOST", why } };
  }
  if (criu.pid === undefined) return { kind: "failed", argv, run: ended, left: "gone" };
  return { kind: "failed", argv, run: ended, left: (await endLeftovers(dying)) ? "gone" : "running" };
}

/** Opens files for as long as a program is started with them: it has descriptors of its own then. */
function withOpenFiles<T>(files: readonly InheritedFile[], start: (descriptors: readonly number[]) => T): T {
  const descriptors: number[] = [];
  try {
    for (const { path } of files) descriptors.push(openForTask(path));
    return start(descriptors);
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

function openForTask(path: string): number {
  try {
    return openSync(path, constants.O_RDWR);
  } catch {
    return openSync(path, constants.O_RDONLY);
  }
}

/** How long a keeper may take to end what a failed restore has left, in milliseconds. */
const KeeperCleanUpMs = 5_000;

/** Runs CRIU under a keeper, which stays. */
export async function restoreUnderKeeper(run: RestoreRun, command: Command): Promise<RestoreOutcome> {
  const clock = run.monotonicMs === undefined ? [] : ["--monotonic-ms", String(run.monotonicMs)];
  const argv: Command = [...command, "--report-fd", "3", "--pidfile", run.pidFile, ...clock, "--", ...run.criuArgv];
  const { outputFile, env, passed } = run;
  const keeper = withOpenFiles(run.inheritFiles, (files) => startReporting({ argv, outputFile, env, passed, files }));
  const report = followKeeperReport(keeper.report);
  const { pid } = keeper;
  if (pid === undefined) {
    const { startError: cause } = await keeper.ended;
    const trouble: Trouble = {
      code: "ERR_CRIU_KEEPER",
      why: `failed: the keeper ${argv[0]} cannot be run: ${cause?.message}`,
      cause,
    };
    return {
      kind: "failed",
      argv,
      run: { end: {}, durationMs: performance.now() - run.startedAt },
      left: "gone",
      trouble,
    };
  }
  let criu: ProcessStat | undefined;
  const kill = (): void => {
    // The keeper stays to end what CRIU leaves. Should it not do so, its own death ends CRIU.
    setTimeout(() => {
      if (report.rootPid === undefined) keeper.kill("SIGKILL");
    }, KeeperCleanUpMs).unref();
    void report.started.then(() => {
      if (report.criuPid === undefined || report.criuEnd !== undefined) return;
      criu = readProcessStat(report.criuPid);
      sendSignal(report.criuPid, "SIGKILL");
    });
  };
  const ended = report.complete.then(() => criuEnd(report));
  const supervised = await supervise({ ended }, { ...run, kill });
  if (report.rootPid !== undefined)
    return { kind: "restored", argv, task: keptTask(report.rootPid, { ...keeper, pid }) };
  // It has said its last word; one that stays all the same would be waited for for ever.
  const late = setTimeout(() => keeper.kill("SIGKILL"), KeeperCleanUpMs);
  const keeperEnd = await keeper.ended;
  clearTimeout(late);
  if (!report.clean) {
    // Its own work is left to us, as far as it can be told from others': a keeper leads the session that CRIU is in.
    await endLeftovers({ pid, stat: criu, corePids: await listCorePids(run.imageDirectory).catch(() => []) });
  }
  const trouble = supervised.stop === undefined ? troubleOf(report, keeperEnd, run.criuArgv[0]) : undefined;
  return {
    kind: "failed",
    argv,
    run: supervised,
    left: report.clean || (report.failure !== undefined && report.criuPid === undefined) ? "gone" : "unknown",
    trouble,
  };
}

/** Pure: what is wrong when CRIU did not fail by itself. */
function troubleOf(
  { criuEnd: end, failure, clockFailure }: KeeperReport,
  keeperEnd: ProgramEnd,
  program: string,
): Trouble | undefined {
  if (clockFailure !== undefined) {
    const why = `failed: the keeper cannot make a time namespace, in which the task has its clock: ${clockFailure}`;
    return { code: "ERR_CRIU_KEEPER", why };
  }
  if (end === undefined && failure !== undefined)
    return { code: "ERR_CRIU_NOT_FOUND", why: `failed: ${program} cannot be run: ${failure}` };
  const status = keeperEnd.signal ?? `exit code ${keeperEnd.exitCode}`;
  if (end === undefined)
    return { code: "ERR_CRIU_KEEPER", why: `failed: the keeper ended before CRIU did (${status})` };
  if (!("exitCode" in end) || end.exitCode !== 0) return undefined;
  return { code: "ERR_CRIU_KEEPER", why: `succeeded, but the keeper has lost the task (${failure ?? status})` };
}

function criuEnd({ criuEnd: end }: KeeperReport): ProgramEnd {
  if (end === undefined) return { signal: "SIGKILL" };
  return "exitCode" in end ? { exitCode: end.exitCode } : { signal: signalName(end.signalNumber) };
}

/** Reads a pid file that CRIU wrote. */
async function readPidFile(file: string): Promise<number | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  return /^\s*[1-9]\d{0,9}\s*$/.test(text) ? Number(text) : undefined;
}
