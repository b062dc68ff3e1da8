import { join } from "node:path";
import { restoreArguments } from "../arguments/restore.ts";
import { CriuError } from "../error.ts";
import { createHookDecision, type HookDecision } from "../hook/decision.ts";
import { imageDirectoryAt } from "../images/image-directory.ts";
import type { RestoreStats } from "../images/stats.ts";
import type { CriuOptions, RestoreOptions } from "../options.ts";
import { makePrivateFolder } from "../private-folder.ts";
import type { RestoredTask } from "../task/restored-task.ts";
import { commandOf, environmentOf, openHook, removeOldLog, withDefaults } from "./context.ts";
import { operationError } from "./failure.ts";
import { type RestoreRun, restoreAlone, restoreUnderKeeper } from "./restore-run.ts";

/** What a restore has made. */
export interface RestoreResult {
  readonly task: RestoredTask;
  readonly durationMs: number;
  /** CRIU's statistics, when it wrote them. */
  readonly stats?: RestoreStats;
  readonly logFile: string;
  /** Exactly what was run. */
  readonly argv: readonly string[];
}

/** Runs `criu restore`. See {@link Criu.restore} for what it throws. */
export async function runRestore(driver: CriuOptions, given: RestoreOptions): Promise<RestoreResult> {
  const startedAt = performance.now();
  const options = withDefaults(driver, given);
  const { imageDirectory, signal } = options;
  const what = `restore of ${imageDirectory}`;
  if (signal?.aborted)
    throw new CriuError("ERR_CRIU_ABORTED", `${what} was aborted before it began`, { cause: signal.reason });

  if (driver.keeper === undefined && (options.inheritFiles ?? []).length > 0) {
    throw new CriuError("ERR_CRIU_INVALID_OPTION", `${what}: inheritFiles needs a keeper, which hands the files on`);
  }
  if (options.monotonicMs !== undefined) checkClock(options.monotonicMs, driver, what);
  const hook = resumeDecision(options);
  await using folder = await makePrivateFolder({
    base: driver.runDirectory,
    executable: hook !== undefined && driver.hook === undefined,
  });
  await using channel = hook === undefined ? undefined : await openHook(driver, folder.path, hook);
  const pidFile = join(folder.path, "pid");
  const [program, ...prefix] = commandOf(driver, options, "restore");
  const criuArgv = [
    program,
    ...prefix,
    ...restoreArguments(options, {
      logFile: "restore.log",
      pidFile,
      actionScript: channel?.program,
      configurationFiles: driver.configurationFiles,
    }),
  ] as const;
  const run: RestoreRun = {
    criuArgv,
    keeper: driver.keeper,
    imageDirectory,
    pidFile,
    outputFile: join(folder.path, "output"),
    env: environmentOf(driver, channel),
    // The terminal of a shell job is the one that CRIU itself has.
    passed: new Set(options.shellJob === true ? [0, 1, 2] : options.inherit?.map(({ fd }) => fd)),
    inheritFiles: options.inheritFiles ?? [],
    monotonicMs: options.monotonicMs,
    shellJob: options.shellJob === true,
    hook,
    signal,
    timeoutMs: options.timeoutMs,
    startedAt,
  };
  const workDirectory = options.workDirectory ?? imageDirectory;
  const logFile = join(workDirectory, "restore.log");
  await removeOldLog(logFile);
  const outcome = driver.keeper === undefined ? await restoreAlone(run) : await restoreUnderKeeper(run, driver.keeper);
  const { argv } = outcome;
  if (outcome.kind === "restored") {
    const durationMs = performance.now() - startedAt;
    // For people: a restore that succeeded does not fail for want of them.
    const stats = await imageDirectoryAt(imageDirectory, workDirectory)
      .readRestoreStats()
      .catch(() => undefined);
    return { task: outcome.task, durationMs, ...(stats === undefined ? {} : { stats }), logFile, argv };
  }
  throw await operationError({
    operation: "restore",
    what,
    argv,
    logFile,
    outputFile: run.outputFile,
    run: outcome.run,
    hook,
    task: outcome.left,
    trouble: outcome.trouble,
  });
}

function checkClock(monotonicMs: number, { keeper }: CriuOptions, what: string): void {
  const problem =
    keeper === undefined
      ? "needs a keeper, which makes the time namespace"
      : Number.isSafeInteger(monotonicMs) && monotonicMs > 0
        ? undefined
        : `is ${monotonicMs}, and no positive whole number`;
  if (problem !== undefined) throw new CriuError("ERR_CRIU_INVALID_OPTION", `${what}: monotonicMs ${problem}`);
}

function resumeDecision({ beforeResume }: RestoreOptions): HookDecision | undefined {
  if (beforeResume === undefined) return undefined;
  return createHookDecision({ action: "post-restore", callback: beforeResume });
}
