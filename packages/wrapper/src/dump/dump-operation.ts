import { join } from "node:path";
import { type SetAside, type StagedCheckpoint, setAside } from "@crik/checkpoint-store";
import { isCriuOperationError } from "@crik/criu-driver";
import { asError, WrapperError } from "../error.ts";
import { createGate, type Gate } from "../gate.ts";
import { restoreReserve, useReserve } from "../reserve.ts";
import { fifoMaker } from "../task/make-fifo.ts";
import { commitCheckpoint } from "./commit.ts";
import type { DumpContext } from "./dump-context.ts";
import { dumpOptions } from "./dump-options.ts";
import { hasEndedUnheard, rootOf, strayIn } from "./dumped-tree.ts";
import { requireMemory } from "./require-memory.ts";
import { treeFacts } from "./tree-facts.ts";

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
  const { store, nextGeneration, criu, task, send, log } = context;
  const gate = createGate();
  const cancelling = new AbortController();
  let committed: number | undefined;

  async function whenFrozen(staged: StagedCheckpoint, root: number, signal: AbortSignal): Promise<void> {
    if (root !== rootOf(task)) {
      throw new WrapperError(
        "ERR_WRAPPER_TREE_CHANGED",
        "a process left the tree between the look at it and the freeze",
      );
    }
    if (hasEndedUnheard(task)) {
      throw new WrapperError("ERR_WRAPPER_TREE_CHANGED", "the application ended in the moment of the freeze");
    }
    const stray = strayIn(root);
    if (stray !== undefined) {
      throw new WrapperError(
        "ERR_WRAPPER_TREE_CHANGED",
        `process ${stray} has lost the leader of its session, and CRIU could not restore it where it is`,
      );
    }
    send({ type: "frozen" });
    const answer = await gate.answer;
    if (answer.kind === "refuse") throw new WrapperError("ERR_WRAPPER_REFUSED", answer.because);
    try {
      // Looked at anew: until the freeze the application could open files, and what CRIU has written is of this moment.
      committed = await commitCheckpoint(context, { staged, root, facts: treeFacts(root), signal });
      send({ type: "committed", number: committed });
    } catch (error) {
      send({ type: "commit-failed", error: asError(error) });
      throw error;
    }
  }

  /** One attempt. The tree goes on after a failure, unless the checkpoint was committed. */
  async function attempt(root: number, staged: StagedCheckpoint): Promise<void> {
    let aside: SetAside | undefined;
    try {
      aside = await takeWatchedAway();
      staged.followImages({ signal: cancelling.signal });
      const result = await criu.dump({
        ...dumpOptions(context, treeFacts(root)),
        pid: root,
        imageDirectory: staged.imageDirectory,
        signal: cancelling.signal,
        whenFrozen: ({ signal }) => whenFrozen(staged, root, AbortSignal.any([signal, cancelling.signal])),
      });
      log.info(
        { generation: committed, durationMs: Math.round(result.durationMs), frozenMs: result.frozenMs },
        "checkpointed",
      );
    } finally {
      // After a checkpoint too: on a volume it has to be there for the next container.
      await aside?.restore().catch((error: unknown) => {
        log.error({ error }, "what was taken away for the dump could not be put back");
      });
    }
  }

  /** Attempts until one succeeds; a tree that changed under the dump is dumped again. Leaves nothing that is not committed. */
  async function attempts(): Promise<void> {
    let staged = await nextGeneration.take();
    try {
      for (let count = 1; ; count++) {
        try {
          return await attempt(rootOf(task), staged);
        } catch (error) {
          if (count >= MostAttempts || !causedBy(error, "ERR_WRAPPER_TREE_CHANGED")) throw error;
          log.info({ error }, "the dump begins anew: the application's processes changed while it began");
        }
        // Begun before the one that failed is removed: a container that looks for a checkpoint in between would find none, and start afresh.
        const failed = staged;
        staged = await nextGeneration.take();
        await discard(failed);
      }
    } finally {
      if (committed === undefined) await discard(staged);
    }
  }

  /** Whatever of this fails, the application goes on after a failed dump, and why that failed is the error to tell. */
  async function discard(staged: StagedCheckpoint): Promise<void> {
    await staged.discard().catch((error: unknown) => {
      log.warn({ error }, "what the failed dump has written could not be removed: a later checkpoint removes it");
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
      requireMemory();
      await attempts();
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

function causedBy(error: unknown, code: string): boolean {
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    if ("code" in inner && inner.code === code) return true;
  }
  return false;
}
