import type { CheckpointStore, ClaimedCheckpoint, TakeBackReport } from "@crik/checkpoint-store";
import type { DumpOperation } from "./dump/dump-operation.ts";
import { createNextGeneration } from "./dump/next-generation.ts";
import { asError, isWrapperError } from "./error.ts";
import { askNodeState, followNodeState } from "./node-state.ts";
import type { OperationsContext } from "./operations-context.ts";
import { type PassingOver, passOverOlderLives } from "./pass-over.ts";
import type { RestoreOperation } from "./restore/restore-operation.ts";
import type { WrapperAction } from "./state.ts";
import { raisePidCursor } from "./task/pid-cursor.ts";
import { startTask } from "./task/start-task.ts";
import type { Task } from "./task/task.ts";

/** How long the end waits for what is still to be done on the volume, in milliseconds. */
const LongestEndMs = 2000;

/** Carries out the machine's actions. */
export interface Operations {
  /** Follows the node's state, where that is wanted, until the end; called when the application runs. */
  followNode(): void;
  /** Resolves when the next action may begin: at once for what takes long and answers by an input of its own. */
  perform(action: WrapperAction): Promise<void>;
  /** Ends what is still under way when the machine has come to its end, and gives up what nobody has any more. */
  close(): Promise<void>;
}

/**
 * Makes the operations of one wrapper; they remember the task, the claim, and what is under way. Whatever only a checkpoint needs is loaded when it
 * is needed: crik stays in memory beside the application for as long as that lives.
 */
export function createOperations(context: OperationsContext): Operations {
  const { send, log, clock, store } = context;
  const nextGeneration = store === undefined ? undefined : createNextGeneration(store, log);
  const closing = new AbortController();
  let searching = new AbortController();
  let search: Promise<void> = Promise.resolve();
  let task: Task | undefined;
  let claimed: ClaimedCheckpoint | undefined;
  let restoring: RestoreOperation | undefined;
  let takingBack = new AbortController();
  let dumping: DumpOperation | undefined;
  let generation: number | undefined;
  let givenUp: { readonly number: number; readonly error: Error } | undefined;
  const ofOtherCommands = new Set<number>();
  let passing: PassingOver | undefined;
  let cancelDeadline = (): void => {};
  let following = false;

  function adopt(next: Task): void {
    task = next;
    void next.exited.then(
      (exit) => send({ type: "task-exited", exit }),
      (error: unknown) => send({ type: "fault", error: asError(error) }),
    );
  }

  async function start(): Promise<void> {
    try {
      // Above the pids of crik's own processes here and in every later container, which a restore must find free.
      if (store !== undefined) await raisePidCursor(context.init);
      const next = await startTask(context);
      adopt(next);
      send({ type: "task-started", pid: next.pid });
      if (store !== undefined) passing = passOver(store);
    } catch (error) {
      const code = isWrapperError(error) ? error.code : undefined;
      const exitCode =
        code === "ERR_WRAPPER_COMMAND_NOT_FOUND" ? 127 : code === "ERR_WRAPPER_COMMAND_NOT_EXECUTABLE" ? 126 : 125;
      send({ type: "start-failed", exitCode, error: asError(error) });
    }
  }

  function passOver(from: CheckpointStore): PassingOver {
    const after =
      givenUp === undefined ? "" : `; generation ${givenUp.number} could not be restored: ${givenUp.error.message}`;
    return passOverOlderLives({
      store: from,
      because: `the application was started afresh after this checkpoint was made${after}`,
      except: ofOtherCommands,
      lateMs: context.policy.gracePeriodMs,
      clock,
      log,
    });
  }

  async function lookFor(olderThan: number | undefined): Promise<void> {
    searching = new AbortController();
    const { searchCheckpoint } = await import("./restore/search.ts");
    const found = await searchCheckpoint({ ...context, olderThan, signal: searching.signal, ofOtherCommands });
    // A claim that comes when all is over is nobody's.
    if (closing.signal.aborted) return found.claimed?.release();
    claimed = found.claimed;
    if (found.event.type === "checkpoint-unreadable") givenUp = found.event;
    send(found.event);
  }

  async function restore(): Promise<void> {
    if (claimed === undefined) throw new Error("a restore was asked for without a claim");
    generation = claimed.number;
    const { createRestoreOperation } = await import("./restore/restore-operation.ts");
    restoring = createRestoreOperation({ ...context, claimed, adopt });
    void restoring.run();
  }

  async function takeBack(number: number): Promise<void> {
    takingBack = new AbortController();
    try {
      const report = await claimed?.takeBack({ signal: takingBack.signal });
      tellTakenBack(report, number);
      send({ type: "files-taken-back" });
    } catch (error) {
      log.error(
        { error, generation: number },
        "what was put back of the checkpoint could not be taken back: nothing is started in this container",
      );
      send({ type: "take-back-failed", error: asError(error) });
    }
  }

  function tellTakenBack(report: TakeBackReport | undefined, generation: number): void {
    if (report === undefined) return;
    const { left, ...counts } = report;
    if (counts.removed + counts.broughtBack + counts.sockets > 0)
      log.info({ ...counts, generation }, "what was put back of the checkpoint is taken back");
    if (left.length > 0)
      log.warn(
        { directories: left, generation },
        "directories of the checkpoint stay: something else is in them by now",
      );
  }

  async function dump(): Promise<void> {
    if (task === undefined || store === undefined || nextGeneration === undefined) {
      throw new Error("a dump was asked for without a task or a store");
    }
    nextGeneration.begin();
    const { createDumpOperation } = await import("./dump/dump-operation.ts");
    const operation = createDumpOperation({ ...context, task, store, nextGeneration, parent: generation });
    dumping = operation;
    // Or it would set the one apart that is made now.
    void (passing?.stop() ?? Promise.resolve()).then(() => operation.run());
  }

  async function perform(action: WrapperAction): Promise<void> {
    switch (action.do) {
      case "look-for-checkpoint":
        search = lookFor(action.olderThan).catch((error: unknown) =>
          send({ type: "search-failed", error: asError(error) }),
        );
        return;
      case "cancel-search":
        return searching.abort();
      case "start-task":
        void start();
        return;
      case "restore":
        return restore();
      case "cancel-restore":
        return restoring?.cancel();
      case "consume-and-allow":
        return restoring?.gate.allow();
      case "refuse":
        return (action.hook === "frozen" ? dumping : restoring)?.gate.refuse(action.because);
      case "give-back":
        return claimed?.giveBack();
      case "take-back-files":
        void takeBack(action.number);
        return;
      case "cancel-take-back":
        return takingBack.abort();
      case "release":
        if (action.failed !== undefined) givenUp = { number: action.number, error: action.failed };
        return claimed?.release({ failed: action.failed !== undefined });
      case "quarantine":
        log.warn(
          {
            generation: action.number,
            error: action.error.message,
            remedy: "crik checkpoints shows it; docs/operations.md: Going back to a quarantined checkpoint",
          },
          "the checkpoint is put into quarantine and is not tried again",
        );
        return claimed?.quarantine({ code: action.cause, message: action.error.message });
      case "ask-node-state":
        nextGeneration?.begin();
        askUntilDecided();
        return;
      case "dump":
        return dump();
      case "cancel-dump":
        return dumping?.cancel();
      case "commit-and-allow":
        return dumping?.gate.allow();
      case "forward-signal":
        // It was decided against a checkpoint, or one has failed.
        if (!context.isDeciding()) void nextGeneration?.drop();
        return task?.signal(action.signal);
      case "kill-task":
        return task?.kill();
      case "set-deadline":
        cancelDeadline();
        cancelDeadline = clock.schedule(action.inMs, () => send({ type: "deadline", id: action.id }));
        return;
    }
  }

  function askUntilDecided(): void {
    const { nodeState } = context;
    if (nodeState === undefined) {
      send({ type: "node-state", state: "unavailable" });
      return;
    }
    const done = new AbortController();
    void askNodeState({
      ...nodeState,
      clock,
      signal: AbortSignal.any([done.signal, closing.signal]),
      log,
      tell: (state, reason) => {
        send({ type: "node-state", state, reason });
        if (!context.isDeciding()) done.abort();
      },
    });
  }

  /** A volume that hangs keeps nobody from ending; what stays on it is taken for dead, and a later checkpoint removes it. */
  async function inTime(work: Promise<unknown>): Promise<void> {
    const over = Promise.withResolvers<void>();
    const cancel = clock.schedule(LongestEndMs, over.resolve);
    await Promise.race([work, over.promise]);
    cancel();
  }

  function followNode(): void {
    const { nodeState } = context;
    if (nodeState?.watcher === undefined || following) return;
    following = true;
    void followNodeState({
      node: nodeState.node,
      watcher: nodeState.watcher,
      signal: closing.signal,
      log,
      tell: (state, reason) => send({ type: "node-state", state, reason }),
    });
  }

  return {
    perform,
    followNode,
    close: async () => {
      cancelDeadline();
      closing.abort();
      searching.abort();
      await inTime(Promise.all([nextGeneration?.drop(), passing?.stop()]));
      await search;
      // An application that ends at once has run all the same.
      await passing?.looked;
    },
  };
}
