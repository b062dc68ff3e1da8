import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointStore, ClaimedCheckpoint } from "../src/index.ts";
import { facts, writeImages } from "./images.ts";

/** One life of a container with a store, as far as something can be interrupted in it. */
export interface Scenario {
  /** What lies in the directory before: contents of complete generations, the oldest first. */
  readonly before: readonly string[];
  /** True when the newest of them was claimed by a container that died. */
  readonly claimedBefore?: boolean;
  readonly run: (store: CheckpointStore, workDirectory: string) => Promise<void>;
  /** Its own state, or the one it was restored from. */
  readonly newest: string;
  /** The state before that. */
  readonly older?: string;
}

/** Every life, by its name in the README's table. */
export const Scenarios: Readonly<Record<string, Scenario>> = {
  dump: {
    before: ["one"],
    run: async (store, work) => {
      const staged = await store.stage();
      await writeImages(staged.imageDirectory, "two");
      await mkdir(join(work, "carried"), { recursive: true });
      await writeFile(join(work, "carried", "file"), "carried with two");
      await staged.carry([{ path: join(work, "carried"), recursive: true }], { isExcluded: () => false });
      await staged.commit(facts);
    },
    newest: "two",
    older: "one",
  },
  "failed dump": {
    before: ["one"],
    run: async (store) => {
      const staged = await store.stage();
      await writeImages(staged.imageDirectory, "two");
      await staged.discard();
    },
    newest: "two",
    older: "one",
  },
  restore: {
    before: ["one", "two"],
    run: async (store) => {
      const checkpoint = await claimIn(store);
      await checkpoint.putBack();
      await checkpoint.verify();
      await checkpoint.consume();
      await checkpoint.markResumed();
    },
    newest: "two",
    older: "one",
  },
  "restore that is given back": {
    before: ["one", "two"],
    run: async (store) => {
      const checkpoint = await claimIn(store);
      await checkpoint.consume();
      await checkpoint.giveBack();
      await checkpoint.release();
    },
    newest: "two",
    older: "one",
  },
  "restore that is taken back": {
    before: ["one", "two"],
    run: async (store, work) => {
      const checkpoint = await claimIn(store);
      await writeFile(join(work, "file"), "the image's");
      await checkpoint.putBack();
      await checkpoint.takeBack();
      await checkpoint.release({ failed: true });
    },
    newest: "two",
    older: "one",
  },
  "restore that fails": {
    before: ["one", "two"],
    run: async (store) => {
      const checkpoint = await claimIn(store);
      await checkpoint.quarantine({ code: "criu", message: "the restore failed" });
    },
    newest: "two",
    older: "one",
  },
  "restore that fails here": {
    before: ["one", "two"],
    run: async (store) => {
      const checkpoint = await claimIn(store);
      await checkpoint.release({ failed: true });
    },
    newest: "two",
    older: "one",
  },
  takeover: {
    before: ["one", "two"],
    claimedBefore: true,
    run: async (store) => {
      const checkpoint = await claimIn(store);
      await checkpoint.consume();
    },
    newest: "two",
    older: "one",
  },
  prune: {
    before: ["one", "two", "three", "four"],
    run: async (store) => {
      await store.prune({ generations: 1 });
    },
    newest: "four",
  },
};

async function claimIn(store: CheckpointStore): Promise<ClaimedCheckpoint> {
  const outcome = await store.claim({ waitMs: 5_000 });
  if (outcome.kind !== "claimed") throw new Error(`nothing was claimed: ${outcome.kind}`);
  return outcome.checkpoint;
}
