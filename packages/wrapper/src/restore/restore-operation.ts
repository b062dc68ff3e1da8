import { existsSync } from "node:fs";
import type { ClaimedCheckpoint } from "@crik/checkpoint-store";
import { isCriuOperationError } from "@crik/criu-driver";
import { asError } from "../error.ts";
import { createGate, type Gate } from "../gate.ts";
import type { WrapperLogEvent } from "../log-event.ts";
import type { OperationsContext } from "../operations-context.ts";
import { ownCgroups } from "../proc/cgroups.ts";
import { restoreReserve, useReserve } from "../reserve.ts";
import { hasTerminal, inheritedStdio } from "../stdio/inherit.ts";
import { waitForFreePids } from "../task/free-pids.ts";
import { raisePidCursor } from "../task/pid-cursor.ts";
import { createTask, type Task } from "../task/task.ts";
import { movedCgroupFiles } from "./cgroup-files.ts";
import { needsOwnClock } from "./compatibility.ts";
import { differenceOfTask } from "./environment-difference.ts";
import { causeOf } from "./failure-cause.ts";

/** A restore under way. */
export interface RestoreOperation {
  /** Answers CRIU's post-restore hook. */
  readonly gate: Gate;
  /** Ends CRIU early; before the hook was allowed nothing has run. */
  cancel(): void;
  /** Resolves when the machine was told how it went. Never rejects. */
  run(): Promise<void>;
}

/** Restores a claimed checkpoint; consumes it when the whole tree exists and has not run one instruction. */
export function createRestoreOperation(
  context: OperationsContext & { readonly claimed: ClaimedCheckpoint; readonly adopt: (task: Task) => void },
): RestoreOperation {
  const { claimed, criu, settings, mode, ownClock = false, send, log, clock } = context;
  const gate = createGate();
  const cancelling = new AbortController();
  let refused = false;
  let consumed = false;

  async function putBack(): Promise<void> {
    const started = clock.now();
    const report = await claimed.putBack({ signal: cancelling.signal });
    if (report.entries > 0)
      log.info({ ...report, durationMs: Math.round(clock.now() - started) }, "carried files are back in their places");
  }

  async function beforeResume(pid: number, verified: Promise<void>): Promise<void> {
    await verified;
    send({ type: "before-resume", pid });
    const answer = await gate.answer;
    if (answer.kind === "refuse") {
      refused = true;
      throw new Error(answer.because);
    }
    await claimed.consume();
    consumed = true;
  }

  /** Who rolls out a changed variable expects that it counts, and a restored application never sees it. */
  function tellEnvironment(root: number): void {
    const names = differenceOfTask(root, context.environment);
    if (names.length > 0)
      log.info(
        { count: names.length, names: names.slice(0, 20) },
        "the application goes on with the environment that it was started with, and this container's differs",
      );
  }

  async function run(): Promise<void> {
    try {
      await putBack();
      useReserve(context.runDirectory);
      const { pids } = claimed.manifest;
      await raisePidCursor(context.init, pids);
      await waitForFreePids(pids, { waitMs: settings.restoreTimeoutMs, signal: cancelling.signal, log });
      // Read beside CRIU, from the same page cache; decided in the hook.
      const verified = claimed.verify({ signal: cancelling.signal });
      verified.catch(() => {});
      const { stdio, cgroupFiles, cgroups } = claimed.manifest;
      const result = await criu.restore({
        imageDirectory: claimed.imageDirectory,
        workDirectory: context.runDirectory,
        verbosity: settings.verbosity,
        cgroups: "ignore",
        tcp: settings.tcp,
        fileLocks: true,
        shellJob: hasTerminal(stdio),
        unprivileged: mode === "unprivileged",
        monotonicMs: ownClock && needsOwnClock(claimed.manifest, { mode }) ? claimed.manifest.monotonicMs : undefined,
        inherit: inheritedStdio(stdio),
        inheritFiles: movedCgroupFiles(cgroupFiles, cgroups ?? [], ownCgroups()).filter(({ path }) => existsSync(path)),
        extraArguments: settings.extraRestoreArguments,
        signal: cancelling.signal,
        timeoutMs: settings.restoreTimeoutMs,
        beforeResume: ({ pid }) => beforeResume(pid, verified),
      });
      const event: WrapperLogEvent = "restored";
      log.info({ event, generation: claimed.number, durationMs: Math.round(result.durationMs) }, "restored");
      const { task } = result;
      context.adopt(createTask({ pid: task.pid, supervisor: task.keeperPid ?? task.pid, exited: task.exited() }));
      send({ type: "restore-succeeded", pid: task.pid });
      tellEnvironment(task.pid);
      await claimed.markResumed();
    } catch (error) {
      const cause = refused || cancelling.signal.aborted ? "refused" : causeOf(error);
      if (cause !== "refused") log.error({ error, generation: claimed.number }, "the checkpoint could not be restored");
      const resumed = isCriuOperationError(error) && error.resumed;
      send({
        type: "restore-failed",
        cause,
        consumed,
        resumed,
        error: asError(error),
      });
    } finally {
      restoreReserve(context.runDirectory);
    }
  }

  return { gate, cancel: () => cancelling.abort(new Error("a stop was asked for before the restore was done")), run };
}
