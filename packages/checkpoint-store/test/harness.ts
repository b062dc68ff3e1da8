import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { parseGenerationName } from "../src/generation-name.ts";
import { type CheckpointStore, type ClaimedCheckpoint, openStore } from "../src/index.ts";
import { facts, writeImages } from "./images.ts";

/** Short, so that a takeover is soon; each test that needs a living holder renews well within it. In milliseconds. */
export const LeaseMs = 120;

/** A directory that is gone when the test is over. */
export function scratch(below: string = tmpdir()): string {
  const directory = mkdtempSync(join(below, "crik-store-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Commits a checkpoint whose images hold `content`, and which carries what lies below `carried`. @returns its number */
export async function commitOne(store: CheckpointStore, content: string, carried?: string): Promise<number> {
  const staged = await store.stage();
  await writeImages(staged.imageDirectory, content);
  if (carried !== undefined) await staged.carry([{ path: carried, recursive: true }]);
  const { number } = await staged.commit(facts);
  return number;
}

/** A store with commits in it, the newest last. */
export async function storeWith(
  directory: string,
  contents: readonly string[],
  carried?: string,
): Promise<CheckpointStore> {
  const store = await openStore({ directory, claimant: "maker-00000001", leaseMs: LeaseMs });
  for (const content of contents) await commitOne(store, content, carried);
  return store;
}

/** Claims what must be there. */
export async function claimed(store: CheckpointStore, waitMs = 0): Promise<ClaimedCheckpoint> {
  const outcome = await store.claim({ waitMs });
  if (outcome.kind !== "claimed") throw new Error(`nothing was claimed: ${JSON.stringify(outcome)}`);
  return outcome.checkpoint;
}

/** The state of each generation, as its directory's name has it: `["1 complete", "2 restoring"]`. */
export function states(directory: string): readonly string[] {
  return readdirSync(directory)
    .flatMap((name) => parseGenerationName(name) ?? [])
    .map(({ number, state }) => `${number} ${state}`)
    .sort();
}

/** A directory tree of files, by their paths. */
export async function makeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), content);
  }
}
