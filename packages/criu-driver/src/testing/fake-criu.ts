import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dumpArguments, preDumpArguments } from "../arguments/dump.ts";
import { restoreArguments } from "../arguments/restore.ts";
import type { Criu } from "../criu.ts";
import { asError, type CriuErrorCode, type CriuFailure, CriuOperationError } from "../error.ts";
import { imageDirectoryAt } from "../images/image-directory.ts";
import type { CheckReport } from "../operations/check.ts";
import type { DumpResult } from "../operations/dump.ts";
import type { RestoreResult } from "../operations/restore.ts";
import type { CriuVersion } from "../operations/version.ts";
import type { DumpOptions, RestoreOptions } from "../options.ts";
import { createFakeTask, type FakeTask } from "./fake-task.ts";

/** What both outcomes of an operation may have. */
interface FakeStep {
  /** How long CRIU seems to work before its hook, in milliseconds; an abort ends it. @defaultValue `0` */
  readonly delayMs?: number | undefined;
  /** Files that the dump writes into the image directory, by their names. @defaultValue none */
  readonly images?: Readonly<Record<string, string | Uint8Array>> | undefined;
}

/** An operation that fails. */
export interface FakeFailure extends FakeStep {
  readonly kind: "failure";
  /** @defaultValue the operation's own, such as `ERR_CRIU_DUMP` */
  readonly code?: CriuErrorCode | undefined;
  /** The cause, as if from a log. @defaultValue `"scripted failure"` */
  readonly headline?: string | undefined;
  /** Fail before the callback is called, after it has resolved, or (restores) after the task has begun to run. @defaultValue `"before-hook"` */
  readonly when?: "before-hook" | "after-hook" | "after-resume" | undefined;
  /** @defaultValue `"running"` for a dump, `"gone"` for a restore */
  readonly task?: CriuFailure["task"] | undefined;
}

/** What a fake dump does. */
export type FakeDump =
  | (FakeStep & {
      readonly kind: "success";
      readonly frozenMs?: number | undefined;
      readonly bytesWritten?: number | undefined;
    })
  | FakeFailure;

/** What a fake restore does. */
export type FakeRestore =
  | (FakeStep & { readonly kind: "success"; readonly pid: number; readonly keeperPid?: number | undefined })
  | FakeFailure;

/** What a fake CRIU plays: one item for each operation, in their order. */
export interface FakeCriuScript {
  readonly dump?: readonly FakeDump[] | undefined;
  readonly preDump?: readonly FakeDump[] | undefined;
  readonly restore?: readonly FakeRestore[] | undefined;
  readonly check?: CheckReport | undefined;
  /** @defaultValue 4.2.1 */
  readonly version?: CriuVersion | undefined;
}

/** A call of the fake. */
export type FakeCall =
  | { readonly operation: "dump" | "pre-dump"; readonly options: DumpOptions }
  | { readonly operation: "restore"; readonly options: RestoreOptions };

/** A {@link Criu} that runs nothing. */
export interface FakeCriu extends Criu {
  /** Every dump and restore that was asked for. */
  readonly calls: readonly FakeCall[];
  /** Every task that was restored. */
  readonly tasks: readonly FakeTask[];
}

/**
 * Makes a CRIU for tests of what uses this package. It calls the callbacks as the real one does, checks options by the same builders, and fails by the same
 * errors. An operation that the script does not foresee rejects with a plain error.
 *
 * Repeated pre-dumps and page servers are not played.
 */
export function createFakeCriu(script: FakeCriuScript = {}): FakeCriu {
  const calls: FakeCall[] = [];
  const tasks: FakeTask[] = [];
  const version = script.version ?? { major: 4, minor: 2, sublevel: 1 };

  async function dump(operation: "dump" | "pre-dump", options: DumpOptions): Promise<DumpResult> {
    const step = nth(operation, operation === "dump" ? script.dump : script.preDump, calls);
    calls.push({ operation, options });
    const { imageDirectory, whenFrozen } = options;
    const argv = ["criu", ...(operation === "dump" ? dumpArguments : preDumpArguments)(options)];
    const callback =
      operation === "pre-dump" || whenFrozen === undefined
        ? undefined
        : (signal: AbortSignal) => whenFrozen({ imageDirectory, signal });
    await play({ operation, step, argv, options, callback });
    const workDirectory = options.workDirectory ?? imageDirectory;
    return {
      imageDirectory: imageDirectoryAt(imageDirectory, workDirectory),
      durationMs: step.delayMs ?? 0,
      ...(step.kind === "success" && step.frozenMs !== undefined ? { frozenMs: step.frozenMs } : {}),
      ...(step.kind === "success" && step.bytesWritten !== undefined ? { bytesWritten: step.bytesWritten } : {}),
      logFile: join(workDirectory, `${operation}.log`),
      argv,
    };
  }

  async function restore(options: RestoreOptions): Promise<RestoreResult> {
    const step = nth("restore", script.restore, calls);
    calls.push({ operation: "restore", options });
    const argv = ["criu", ...restoreArguments(options)];
    const pid = step.kind === "success" ? step.pid : 1;
    const { beforeResume } = options;
    const callback = beforeResume === undefined ? undefined : (signal: AbortSignal) => beforeResume({ pid, signal });
    await play({ operation: "restore", step, argv, options, callback });
    const task = createFakeTask(pid, step.kind === "success" ? step.keeperPid : undefined);
    tasks.push(task);
    const logFile = join(options.workDirectory ?? options.imageDirectory, "restore.log");
    return { task, durationMs: step.delayMs ?? 0, logFile, argv };
  }

  const unplayed = (what: string): Error => new Error(`the fake CRIU does not play ${what}`);
  return {
    calls,
    tasks,
    dump: (options) => dump("dump", options),
    preDump: (options) => dump("pre-dump", options),
    restore,
    preDumpRounds: () => {
      throw unplayed("repeated pre-dumps");
    },
    startPageServer: () => Promise.reject(unplayed("page servers")),
    check: async () => script.check ?? { ok: true, version, features: new Map(), problems: [] },
    version: async () => version,
  };
}

function nth<Step>(
  operation: FakeCall["operation"],
  steps: readonly Step[] | undefined,
  calls: readonly FakeCall[],
): Step {
  const number = calls.filter((call) => call.operation === operation).length;
  const step = steps?.[number];
  if (step === undefined) throw new Error(`the fake CRIU was not told what ${operation} number ${number + 1} does`);
  return step;
}

interface Play {
  readonly operation: FakeCall["operation"];
  readonly step: FakeDump | FakeRestore;
  readonly argv: readonly string[];
  readonly options: DumpOptions | RestoreOptions;
  readonly callback: ((signal: AbortSignal) => Promise<void>) | undefined;
}

const OwnCode = { dump: "ERR_CRIU_DUMP", "pre-dump": "ERR_CRIU_PRE_DUMP", restore: "ERR_CRIU_RESTORE" } as const;

async function play({ operation, step, argv, options, callback }: Play): Promise<void> {
  const { signal } = options;
  let hookAllowed = false;
  const fail = (code: CriuErrorCode, headline: string, cause?: unknown): never => {
    const failed = step.kind === "failure" ? step : undefined;
    throw new CriuOperationError(
      code,
      `${operation} of a fake CRIU failed: ${headline}`,
      {
        operation,
        argv,
        exitCode: 1,
        durationMs: step.delayMs ?? 0,
        log: { file: `${operation}.log`, headline: { lineNumber: 1, level: "error", text: headline }, lines: [] },
        task: failed?.task ?? (operation === "restore" ? "gone" : "running"),
        hookAllowed,
        resumed: failed?.when === "after-resume",
      },
      { cause },
    );
  };
  const scripted = (when: FakeFailure["when"]): void => {
    if (step.kind !== "failure" || (step.when ?? "before-hook") !== when) return;
    fail(step.code ?? OwnCode[operation], step.headline ?? "scripted failure");
  };

  await sleep(step.delayMs ?? 0, undefined, { signal }).catch(() =>
    fail("ERR_CRIU_ABORTED", "aborted", signal?.reason),
  );
  for (const [name, content] of Object.entries(step.images ?? {}))
    await writeFile(join(options.imageDirectory, name), content);
  scripted("before-hook");
  if (callback !== undefined) {
    await callback(signal ?? new AbortController().signal).catch((error: unknown) => {
      fail(signal?.aborted === true ? "ERR_CRIU_ABORTED" : "ERR_CRIU_HOOK", asError(error).message, error);
    });
    hookAllowed = true;
  }
  scripted("after-hook");
  scripted("after-resume");
}
