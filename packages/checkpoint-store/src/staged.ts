import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { reserveAttempts } from "./attempts.ts";
import type { CarryRequest } from "./carry/collect.ts";
import { type CarriedFiles, type CarryOptions, packFiles } from "./carry/pack-files.ts";
import { chunkHasher } from "./chunk-hasher.ts";
import { type CommittedCheckpoint, commitStaged } from "./commit.ts";
import { generationNames, pathOf, type StoreContext } from "./context.ts";
import type { FileDigest } from "./digest-file.ts";
import { StoreError } from "./error.ts";
import { followImages, type ImageFollower } from "./follow-images.ts";
import { LargestNumber } from "./generation-name.ts";
import { holdLease } from "./lease.ts";
import { nextNumber } from "./lineage.ts";
import { type CheckpointFacts, ImagesName } from "./manifest/manifest.ts";
import { storeError } from "./system-error.ts";

/** A generation that is being written. It is nothing until it is committed. */
export interface StagedCheckpoint {
  readonly number: number;
  /** For sidecars such as `dump.log`; what lies here and is not an image is neither listed nor checked. */
  readonly directory: string;
  /** For CRIU's images. */
  readonly imageDirectory: string;
  /**
   * Digests memory images while CRIU writes them, and starts writing them back, so that little is left for the commit. Call it before the dump.
   * Ends by itself at the commit or the discard, or when the signal aborts. Never fails: what it could not do the commit does.
   */
  followImages(options?: { readonly signal?: AbortSignal | undefined }): void;
  /**
   * Copies files in; to be called when the tree stands frozen. Called again it replaces what it had carried.
   * @throws StoreError `ERR_STORE_TOO_LARGE` before anything was copied, `ERR_STORE_UNSUPPORTED_FILE`, `ERR_STORE_FULL`, `ERR_STORE_IO`, `ERR_STORE_ABORTED`;
   * nothing is carried then
   */
  carry(requests: readonly CarryRequest[], options?: CarryOptions): Promise<CarriedFiles>;
  /**
   * Digests and syncs everything, writes the manifest last, and renames into place: all or nothing. The signal counts until the rename.
   * @throws StoreError any; nothing is there under a final name then, and {@link StagedCheckpoint.discard} removes the rest
   */
  commit(facts: CheckpointFacts, options?: { readonly signal?: AbortSignal | undefined }): Promise<CommittedCheckpoint>;
  /** Removes what was written. Does nothing after a commit. */
  discard(): Promise<void>;
}

/** Makes the staging directory and holds its lease. */
export async function stageCheckpoint(context: StoreContext): Promise<StagedCheckpoint> {
  const number = nextNumber(await generationNames(context));
  if (number > LargestNumber)
    throw new StoreError("ERR_STORE_FOREIGN", `${context.root} holds a generation of the largest number there is`);
  const directory = pathOf(context, { number, state: "staging", claimant: context.claimant });
  const imageDirectory = join(directory, ImagesName);
  try {
    await context.step("stage:make");
    await mkdir(directory, 0o700);
    await mkdir(imageDirectory, 0o700);
  } catch (error) {
    await rm(directory, { recursive: true, force: true }).catch(() => {});
    throw storeError(error, `making ${directory}`);
  }
  // Also reserves it: a claim then renews the lease without needing space on a disk that may be full.
  const lease = await holdLease(directory, context);
  await reserveAttempts(directory);
  const hash = await chunkHasher(context.digest);
  let follower: ImageFollower | undefined;
  let carried: Readonly<Record<string, FileDigest>> = {};
  let state: "open" | "committing" | "done" = "open";

  function mustBe(wanted: "open", what: string): void {
    if (state !== wanted)
      throw new StoreError("ERR_STORE_INVALID_OPTION", `${what} of generation ${number} after its end`);
  }

  return {
    number,
    directory,
    imageDirectory,
    followImages: ({ signal } = {}) => {
      if (state === "open") follower ??= followImages(imageDirectory, { hash, clock: context.clock, signal });
    },
    carry: async (requests, options = {}) => {
      mustBe("open", "carrying into the checkpoint");
      await context.step("carry");
      carried = {};
      const { files, ...report } = await packFiles(directory, requests, { ...options, hash });
      carried = files;
      return report;
    },
    commit: async (facts, { signal } = {}) => {
      mustBe("open", "a commit");
      state = "committing";
      try {
        const followed = (await follower?.stop()) ?? new Map();
        const committed = await commitStaged({ context, number, directory, facts, hash, followed, carried, signal });
        state = "done";
        lease.stop();
        return committed;
      } catch (error) {
        state = "open";
        throw storeError(error, `committing ${directory}`, { left: `${directory}, until it is discarded` });
      }
    },
    discard: async () => {
      if (state === "done") return;
      state = "done";
      lease.stop();
      await follower?.stop();
      try {
        await context.step("discard");
        await rm(directory, { recursive: true, force: true, maxRetries: 3 });
      } catch (error) {
        throw storeError(error, `removing ${directory}`, { left: directory });
      }
    },
  };
}
