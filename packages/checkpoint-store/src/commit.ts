import { randomUUID } from "node:crypto";
import { rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { ChunkHasher } from "./chunk-hasher.ts";
import { generationNames, pathOf, type StoreContext } from "./context.ts";
import type { FileDigest } from "./digest-file.ts";
import { digestAndSync } from "./digest-images.ts";
import { syncDirectory, tryRename, writeDurably } from "./durable.ts";
import { isStoreError, StoreError } from "./error.ts";
import type { FollowedFile } from "./follow-images.ts";
import { nextNumber } from "./lineage.ts";
import { manifestOf } from "./manifest/check-files.ts";
import { type CheckpointFacts, ImagesName, type Manifest, ManifestFormat, ManifestName } from "./manifest/manifest.ts";
import { ManifestLimitBytes, printManifest, readManifest } from "./manifest/read.ts";
import { codeOf, storeError, throwIfAborted } from "./system-error.ts";

/** A generation that is complete on disk. */
export interface CommittedCheckpoint {
  /** Another one than the staged checkpoint's when a second container has committed meanwhile. */
  readonly number: number;
  /** Where it is now; the next claim renames it. */
  readonly directory: string;
  /** Sum of its files. */
  readonly bytes: number;
}

/** What is being committed. */
export interface Commit {
  readonly context: StoreContext;
  readonly number: number;
  /** The staging directory. */
  readonly directory: string;
  readonly facts: CheckpointFacts;
  readonly hash: ChunkHasher;
  readonly followed: ReadonlyMap<string, FollowedFile>;
  /** Digests of what was carried. */
  readonly carried: Readonly<Record<string, FileDigest>>;
  readonly signal: AbortSignal | undefined;
}

const Attempts = 100;
/** Looks for what a failed rename may have done all the same, and the milliseconds between them. */
const Looks = 5;
const LookAgainMs = 1000;

/** Digests and syncs everything, writes the manifest last, and renames into place. Until the rename nothing is there; after it nothing can fail. */
export async function commitStaged(commit: Commit): Promise<CommittedCheckpoint> {
  const { context, directory, facts, signal } = commit;
  const { step } = context;
  await step("commit:digest");
  const files = await digestAndSync({ ...commit, step });
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  const manifest: Manifest = {
    ...facts,
    format: ManifestFormat,
    number: commit.number,
    id: randomUUID(),
    claimant: context.claimant,
    createdAt: new Date().toISOString(),
    digest: context.digest,
    files,
    bytes,
  };
  throwIfAborted(signal, "the commit");
  await writeManifest(directory, manifest, step);
  await step("commit:sync-images");
  await syncDirectory(join(directory, ImagesName));
  await step("commit:sync-directory");
  await syncDirectory(directory);
  throwIfAborted(signal, "the commit");
  const number = await moveIntoPlace(commit, manifest);
  const target = pathOf(context, { number, state: "complete" });
  try {
    await step("commit:sync-root");
    await syncDirectory(context.root);
  } catch (error) {
    await rollBack(commit, target, error);
  }
  return { number, directory: target, bytes };
}

async function writeManifest(directory: string, manifest: Manifest, step: StoreContext["step"]): Promise<void> {
  const printed = printManifest(manifest);
  if (Buffer.byteLength(printed) > ManifestLimitBytes) {
    throw new StoreError(
      "ERR_STORE_TOO_LARGE",
      `the manifest would have more than the ${ManifestLimitBytes} bytes that are read back`,
    );
  }
  // What could not be read back would be a state that is lost: found now, the application goes on.
  readManifest(printed);
  await step("commit:manifest");
  await writeDurably(join(directory, ManifestName), printed);
}

/** @returns the number under which it lies */
async function moveIntoPlace({ context, directory, number: staged }: Commit, manifest: Manifest): Promise<number> {
  let number = staged;
  let isTaken = false;
  for (let attempt = 0; attempt < Attempts; attempt++) {
    const names = await generationNames(context);
    // A second container has committed meanwhile, or more than that. Below a newer one this would count as older, and might never be restored.
    if (isTaken || names.some((name) => name.number >= number && name.state !== "staging")) {
      number = Math.max(nextNumber(names), number + 1);
      await writeManifest(directory, { ...manifest, number }, context.step);
      await syncDirectory(directory);
    }
    await context.step("commit:rename");
    try {
      await rename(directory, pathOf(context, { number, state: "complete" }));
      return number;
    } catch (error) {
      const code = codeOf(error);
      // By a directory, or by a file of that name, which is no generation.
      isTaken = code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR";
      if (isTaken) continue;
      // A network file system may have done it and lost the answer.
      if (await isThere(context, { ...manifest, number })) return number;
      throw storeError(error, `the rename of ${directory}`);
    }
  }
  throw new StoreError("ERR_STORE_IO", `no free number was found for ${directory} in ${Attempts} tries`);
}

/**
 * Whether it is there all the same. A volume that has just failed a rename may fail the look as well: it is looked again, since an application that goes on
 * beside its own checkpoint would be restored from it later.
 *
 * @returns false also when no look was answered
 */
async function isThere(context: StoreContext, wanted: Pick<Manifest, "number" | "id">): Promise<boolean> {
  for (let look = 1; ; look++) {
    try {
      return await lookFor(context, wanted);
    } catch {
      if (look === Looks) return false;
      await context.clock.sleep(LookAgainMs);
    }
  }
}

/** Looks for it by its identity, under any name: it may have been claimed already. */
async function lookFor(context: StoreContext, { number, id }: Pick<Manifest, "number" | "id">): Promise<boolean> {
  for (const name of await generationNames(context)) {
    if (name.number !== number || name.state === "staging") continue;
    try {
      if ((await manifestOf(pathOf(context, name), number)).id === id) return true;
    } catch (error) {
      // One that cannot be read may be it, and one that is being renamed by whoever claims it seems to have no manifest. A damaged one is another one.
      if (!isStoreError(error) || error.code === "ERR_STORE_IO" || codeOf(error.cause) === "ENOENT") throw error;
    }
  }
  return false;
}

/**
 * The rename may not outlive a crash of the machine, so that the application must go on; then the checkpoint may not stay. Where it cannot be
 * renamed back it loses its manifest. If another container has claimed it in this moment, or nothing can be done about it, it is committed all
 * the same, and the application must not go on: it would be restored as well.
 */
async function rollBack({ context, directory }: Commit, target: string, cause: unknown): Promise<void> {
  if (await takeBack(context, target, directory)) throw storeError(cause, `syncing ${context.root}`);
  const message = "the checkpoint could not be synced, and not be taken back either: it counts as committed";
  context.log.warn({ directory: target, error: cause }, message);
}

async function takeBack(context: StoreContext, target: string, directory: string): Promise<boolean> {
  try {
    await context.step("commit:roll-back");
    return await tryRename(target, directory);
  } catch {
    return unlink(join(target, ManifestName)).then(
      () => true,
      () => false,
    );
  }
}
