import { join } from "node:path";
import { dumpArguments, preDumpArguments } from "../arguments/dump.ts";
import { asError, CriuError } from "../error.ts";
import { createHookDecision, type HookDecision } from "../hook/decision.ts";
import { type ImageDirectory, imageDirectoryAt } from "../images/image-directory.ts";
import type { DumpStats } from "../images/stats.ts";
import type { CriuOptions, DumpOptions } from "../options.ts";
import { makePrivateFolder } from "../private-folder.ts";
import { sacrificeFirst } from "../proc/out-of-memory.ts";
import { pageBytes } from "../proc/page-size.ts";
import { readProcessStat } from "../proc/stat.ts";
import { startProgram } from "../run.ts";
import { commandOf, environmentOf, openHook, removeOldLog, withDefaults } from "./context.ts";
import { operationError } from "./failure.ts";
import { type FrozenTree, frozenTree } from "./frozen-tree.ts";
import { endLeftovers, killCriu } from "./leftovers.ts";
import { supervise } from "./supervise.ts";

/** What CRIU did. */
export interface DumpResult {
  /** At the path that was given; a `whenFrozen` that renamed it knows where it is now. */
  readonly imageDirectory: ImageDirectory;
  readonly durationMs: number;
  /** How long the task stood still, in milliseconds, by CRIU's own statistics: the number users feel. It includes `whenFrozen`. */
  readonly frozenMs?: number;
  /** Memory written, in bytes. */
  readonly bytesWritten?: number;
  /** CRIU's statistics, when it wrote them. */
  readonly stats?: DumpStats;
  readonly logFile: string;
  /** Exactly what was run. */
  readonly argv: readonly string[];
}

/** Runs `criu dump` or `criu pre-dump`. See {@link Criu.dump} for what it throws. */
export async function runDump(driver: CriuOptions, verb: "dump" | "pre-dump", given: DumpOptions): Promise<DumpResult> {
  const startedAt = performance.now();
  const options = withDefaults(driver, given);
  const { imageDirectory, pid, signal } = options;
  const workDirectory = options.workDirectory ?? imageDirectory;
  const what = `${verb} of pid ${pid} into ${imageDirectory}`;
  if (signal?.aborted)
    throw new CriuError("ERR_CRIU_ABORTED", `${what} was aborted before it began`, { cause: signal.reason });

  // Without a callback nobody commits, and with `leaveRunning` the tree shall go on.
  const tree =
    verb === "dump" && options.whenFrozen !== undefined && options.leaveRunning !== true ? frozenTree(pid) : undefined;
  const hook = verb === "dump" ? frozenDecision(options, tree) : undefined;
  await using folder = await makePrivateFolder({
    base: driver.runDirectory,
    executable: hook !== undefined && driver.hook === undefined,
  });
  await using channel = hook === undefined ? undefined : await openHook(driver, folder.path, hook);
  const logName = `${verb}.log`;
  const plumbing = { logFile: logName, actionScript: channel?.program, configurationFiles: driver.configurationFiles };
  const build = verb === "dump" ? dumpArguments : preDumpArguments;
  const [program, ...prefix] = commandOf(driver, options, "dump");
  const argv = [program, ...prefix, ...build(options, plumbing)] as const;
  const outputFile = join(folder.path, "output");
  const logFile = join(workDirectory, logName);

  await removeOldLog(logFile);
  const criu = await startProgram({ argv, outputFile, env: environmentOf(driver, channel) });
  if (criu.pid !== undefined) sacrificeFirst(criu.pid);
  const kill = (): void => (criu.pid === undefined ? undefined : killCriu(criu.pid));
  const run = await supervise(criu, {
    kill,
    hook,
    signal,
    timeoutMs: options.timeoutMs,
    killAfterMs: options.killAfterMs ?? KillAfterMs,
    startedAt,
  });
  if (run.end.exitCode !== 0 && hook?.allowed === true) await tree?.end();
  // CRIU ends its helpers itself, unless it was killed.
  if (criu.pid !== undefined && run.end.signal !== undefined) await endLeftovers({ pid: criu.pid });
  const skipped = hook !== undefined && !hook.allowed;
  if (run.end.exitCode === 0 && !skipped) return resultOf(imageDirectory, workDirectory, logFile, run.durationMs, argv);
  throw await operationError({ operation: verb, what, argv, logFile, outputFile, run, hook, task: taskState(pid) });
}

/** How long CRIU may go on by itself after an abort, in milliseconds: killed while it works inside of a task, it can take that along. */
const KillAfterMs = 5_000;

/** There is a hook also without a callback when the operation may be aborted: it is the one place where CRIU can be stopped without harm. */
function frozenDecision(
  { whenFrozen, imageDirectory, signal, timeoutMs }: DumpOptions,
  tree: FrozenTree | undefined,
): HookDecision | undefined {
  if (whenFrozen === undefined && signal === undefined && timeoutMs === undefined) return undefined;
  return createHookDecision({
    action: "post-dump",
    callback: async (frozen) => {
      tree?.hold();
      try {
        await whenFrozen?.({ imageDirectory, signal: frozen.signal });
      } catch (error) {
        tree?.letGo();
        throw error;
      }
    },
  });
}

async function resultOf(
  imageDirectory: string,
  workDirectory: string,
  logFile: string,
  durationMs: number,
  argv: readonly string[],
): Promise<DumpResult> {
  const images = imageDirectoryAt(imageDirectory, workDirectory);
  // The statistics are for people: a dump that succeeded does not fail for want of them.
  const stats = await images.readDumpStats().catch((error: unknown) => void asError(error));
  return {
    imageDirectory: images,
    durationMs,
    ...(stats === undefined
      ? {}
      : { stats, frozenMs: stats.frozenMs, bytesWritten: Number(stats.pagesWritten) * pageBytes() }),
    logFile,
    argv,
  };
}

/** A zombie is gone: its memory is. */
function taskState(pid: number): "running" | "gone" {
  const stat = readProcessStat(pid);
  return stat === undefined || stat.state === "Z" || stat.state === "X" ? "gone" : "running";
}
