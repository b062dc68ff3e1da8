import { join } from "node:path";
import { type SetAside, type StagedCheckpoint, setAside } from "@crik/checkpoint-store";
import { type DumpOptions, isCriuOperationError } from "@crik/criu-driver";
import { WrapperError } from "../error.ts";
import { createGate, type Gate } from "../gate.ts";
import { placeOf } from "../proc/stat.ts";
import { childrenOf, treeOf } from "../proc/tree.ts";
import { restoreReserve, useReserve } from "../reserve.ts";
import { hasTerminal, outsideFiles } from "../stdio/inherit.ts";
import { ownStdio } from "../stdio/links.ts";
import { fifoMaker } from "../task/make-fifo.ts";
import type { Task } from "../task/task.ts";
import { commitCheckpoint } from "./commit.ts";
import type { DumpContext } from "./dump-context.ts";
import { holdTree } from "./hold-tree.ts";
import { type TreeFacts, treeFacts } from "./tree-facts.ts";
import { foldersOfInodes } from "./watched-paths.ts";

/** A dump under way. */
export interface DumpOperation {
  /** Answers CRIU's post-dump hook. */
  readonly gate: Gate;
  /** Ends CRIU early, and a commit that has not come to its rename. */
  cancel(): void;
  /** Resolves when the machine was told how it went. Never rejects. */
  run(): Promise<void>;
}

/** How often a tree that changes under the dump is dumped again. */
const MostAttempts = 5;

/** Dumps the task and commits the checkpoint while the tree stands frozen. */
export function createDumpOperation(context: DumpContext): DumpOperation {
  const { store, criu, task, send, log } = context;
  const gate = createGate();
  const cancelling = new AbortController();
  let committed: number | undefined;

  async function whenFrozen(
    staged: StagedCheckpoint,
    root: number,
    facts: TreeFacts,
    signal: AbortSignal,
  ): Promise<void> {
    if (root !== rootOf(task)) {
      throw new WrapperError(
        "ERR_WRAPPER_TREE_CHANGED",
        "a process left the tree between the look at it and the freeze",
      );
    }
    const stray = treeOf(root).find((pid) => isUnrestorable(pid, root));
    if (stray !== undefined) {
      throw new WrapperError(
        "ERR_WRAPPER_TREE_CHANGED",
        `process ${stray} has lost the leader of its session, and CRIU could not restore it where it is`,
      );
    }
    send({ type: "frozen" });
    const answer = await gate.answer;
    if (answer.kind === "refuse") throw new WrapperError("ERR_WRAPPER_REFUSED", answer.because);
    const letGo = holdTree(treeOf(root));
    try {
      committed = await commitCheckpoint(context, { staged, root, facts, signal });
      send({ type: "committed", number: committed });
    } catch (error) {
      letGo();
      send({ type: "commit-failed", error: asError(error) });
      throw error;
    }
  }

  /** One attempt. The tree goes on after a failure, unless the checkpoint was committed. */
  async function attempt(root: number): Promise<void> {
    const staged = await store.stage();
    let aside: SetAside | undefined;
    try {
      aside = await takeWatchedAway();
      const facts = treeFacts(root);
      staged.followImages({ signal: cancelling.signal });
      const result = await criu.dump({
        ...dumpOptions(context, facts),
        pid: root,
        imageDirectory: staged.imageDirectory,
        signal: cancelling.signal,
        whenFrozen: ({ signal }) => whenFrozen(staged, root, facts, AbortSignal.any([signal, cancelling.signal])),
      });
      log.info(
        { generation: committed, durationMs: Math.round(result.durationMs), frozenMs: result.frozenMs },
        "checkpointed",
      );
    } finally {
      await undo(committed === undefined ? staged : undefined, aside);
    }
  }

  /**
   * Whatever of this fails, the application goes on after a failed dump, and why that failed is the error to tell. What was set aside is put back after a
   * checkpoint too: on a volume it has to be there for the next container.
   */
  async function undo(staged: StagedCheckpoint | undefined, aside: SetAside | undefined): Promise<void> {
    await staged?.discard().catch((error: unknown) => {
      log.warn({ error }, "what the failed dump has written could not be removed: a later checkpoint removes it");
    });
    await aside?.restore().catch((error: unknown) => {
      log.error({ error }, "what was taken away for the dump could not be put back");
    });
  }

  function takeWatchedAway(): Promise<SetAside> | undefined {
    const { inotifyIncompatiblePaths: paths } = context.settings;
    if (paths.length === 0) return undefined;
    return setAside(paths, { folder: join(context.runDirectory, "aside"), makeFifo: fifoMaker(context.init) });
  }

  /** Old generations go when the new one is safe, and only then; and none of them is restored any more. */
  async function prune(): Promise<void> {
    try {
      const message = "a later checkpoint was made without it";
      await store.passOver({ code: "passed-over", message }, { olderThan: committed });
      const { removed, freedBytes } = await store.prune(context.settings.keep);
      const generations = removed.map(({ number }) => number);
      if (freedBytes > 0) log.info({ generations, bytes: freedBytes }, "old generations are removed");
    } catch (error) {
      log.warn({ error }, "old generations could not be removed");
    }
  }

  async function run(): Promise<void> {
    useReserve(context.runDirectory);
    try {
      for (let attempts = 1; ; attempts++) {
        try {
          await attempt(rootOf(task));
          break;
        } catch (error) {
          if (attempts >= MostAttempts || !causedBy(error, "ERR_WRAPPER_TREE_CHANGED")) throw error;
        }
      }
      await prune();
      send({ type: "dump-succeeded" });
    } catch (error) {
      if (committed === undefined)
        log.error({ error }, "no checkpoint: the dump failed, and the application gets its signal instead");
      else
        log.warn(
          { error, generation: committed },
          "CRIU failed after the checkpoint was made: the application is ended here, and goes on from the checkpoint",
        );
      restoreReserve(context.runDirectory);
      send({
        type: "dump-failed",
        committed,
        task: isCriuOperationError(error) ? error.task : "unknown",
        error: asError(error),
      });
    }
  }

  return {
    gate,
    cancel: () =>
      cancelling.abort(new Error("the dump is not wanted any more: its time is over, or the application has ended")),
    run,
  };
}

/**
 * The keeper of a restore adopts daemons that the restored tree lost. It is dumped with them when it has any; without them it would only
 * make the tree one process deeper each generation.
 */
function rootOf(task: Task): number {
  return childrenOf(task.supervisor).some((child) => child !== task.pid) && task.supervisor !== task.pid
    ? task.supervisor
    : task.pid;
}

/**
 * A process of another session than its parent's, and no leader: CRIU makes it a child of the tree's root, by a helper that dies, and can put it nowhere else. A
 * zombie it can put nowhere at all: its parent would wait for it for ever. Both are short-lived as a rule, orphans of a moment, so that the tree is let go on
 * and dumped again. A session that one above it has is no trouble: its parent is made with that one, and leads its own only after it has made the child.
 */
function isUnrestorable(pid: number, root: number): boolean {
  const place = placeOf(pid);
  if (pid === root || place === undefined || place.session === pid) return false;
  if (place.state !== "Z" && place.parent === root) return false;
  for (let above = place.parent; ; ) {
    const its = placeOf(above);
    if (its === undefined) return true;
    if (its.session === place.session) return false;
    if (above === root) return true;
    above = its.parent;
  }
}

/** What CRIU must be told about this tree. */
function dumpOptions(
  { settings, mode, runDirectory, log, ownIpcCommand }: DumpContext,
  facts: TreeFacts,
): Omit<DumpOptions, "pid" | "imageDirectory"> {
  if (facts.ioUringUsers.length > 0) {
    log.warn(
      { processes: facts.ioUringUsers },
      "a process uses io_uring, which CRIU cannot dump: run it without, or leave prevent.ioUring on",
    );
  }
  const stdio = ownStdio();
  return {
    workDirectory: runDirectory,
    verbosity: settings.verbosity,
    cgroups: "ignore",
    tcp: settings.tcp,
    fileLocks: true,
    forceIrmap: facts.watchedInodes.length > 0,
    irmapScanPaths: facts.watchedInodes.length > 0 ? foldersOfInodes(facts.watchedInodes) : [],
    ghostLimitBytes: settings.ghostLimitBytes,
    shellJob: hasTerminal(stdio),
    external: outsideFiles(stdio).map((file) => ({ kind: "file", ...file })),
    unprivileged: mode === "unprivileged",
    // CRIU dumps System V IPC only of a namespace that is not its own; without privileges it cannot make one.
    command: facts.systemVIpc && mode === "privileged" ? ownIpcCommand : undefined,
    networkLock: settings.tcp === "established" ? undefined : "skip",
    extraArguments: settings.extraDumpArguments,
  };
}

function causedBy(error: unknown, code: string): boolean {
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    if ("code" in inner && inner.code === code) return true;
  }
  return false;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
