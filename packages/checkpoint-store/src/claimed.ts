import { lstat, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PackName } from "./carried.ts";
import { chunkHasher, digestFile } from "./digest.ts";
import { exists, ioError, syncPath, tryRename } from "./durable.ts";
import { StoreError } from "./error.ts";
import { formatGenerationName, type GenerationState } from "./generation-name.ts";
import type { Manifest } from "./manifest.ts";
import { ImagesName } from "./staged.ts";
import { type MakeFifo, unpackFiles } from "./unpack.ts";

/** A generation that this container alone may restore. */
export interface ClaimedCheckpoint {
  readonly number: number;
  readonly directory: string;
  readonly imageDirectory: string;
  readonly manifest: Manifest;
  /** Puts the carried files back to their places; before CRIU starts. */
  putBack(options?: { readonly signal?: AbortSignal | undefined }): Promise<{ readonly entries: number }>;
  /** Recomputes every digest. Runs beside CRIU, reading the same page cache. @throws StoreError `ERR_STORE_DIGEST` */
  verify(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** The restored tree is about to run: this checkpoint is never restored again. @throws StoreError `ERR_STORE_CLAIM_LOST` */
  consume(): Promise<void>;
  /** Undoes {@link consume} when nothing has run after all. */
  giveBack(): Promise<void>;
  /** Gives up the claim: the generation is complete again. */
  release(): Promise<void>;
  /** Keeps it apart with the reason; it is not tried again. */
  quarantine(reason: { readonly code: string; readonly message: string }): Promise<void>;
}

/** Name of the file whose time shows that a claim is alive. */
export const LeaseName = "lease";

export function claimedCheckpoint(options: {
  readonly root: string;
  readonly claimant: string;
  readonly number: number;
  readonly manifest: Manifest;
  readonly makeFifo: MakeFifo;
  readonly stopRenewing: () => void;
}): ClaimedCheckpoint {
  const { root, claimant, number, manifest } = options;
  let directory = join(root, formatGenerationName({ number, state: "restoring", claimant }));

  async function move(state: GenerationState, withClaimant: boolean): Promise<void> {
    const target = join(root, formatGenerationName({ number, state, ...(withClaimant ? { claimant } : {}) }));
    if (!(await tryRename(directory, target))) {
      throw new StoreError("ERR_STORE_CLAIM_LOST", `another container has taken over generation ${number}`);
    }
    directory = target;
    await syncPath(root);
  }

  return {
    number,
    get directory() {
      return directory;
    },
    get imageDirectory() {
      return join(directory, ImagesName);
    },
    manifest,
    putBack: async (putBackOptions = {}) => {
      if (manifest.files[PackName] === undefined) return { entries: 0 };
      return unpackFiles(directory, { ...putBackOptions, makeFifo: options.makeFifo });
    },
    verify: async ({ signal } = {}) => verifyDigests(directory, manifest, signal),
    consume: async () => {
      await move("consumed", true);
      options.stopRenewing();
    },
    giveBack: () => move("restoring", true),
    release: async () => {
      options.stopRenewing();
      await move("complete", false);
    },
    quarantine: async (reason) => {
      options.stopRenewing();
      await writeFile(
        join(directory, "quarantine.json"),
        `${JSON.stringify({ ...reason, at: new Date().toISOString() })}\n`,
      ).catch(() => {});
      await move("quarantined", false);
    },
  };
}

/** @throws StoreError `ERR_STORE_DIGEST` naming the file */
export async function verifyDigests(directory: string, manifest: Manifest, signal?: AbortSignal): Promise<void> {
  const hasher = await chunkHasher(manifest.digest);
  for (const [name, expected] of Object.entries(manifest.files)) {
    const found = await digestFile(join(directory, name), hasher, signal).catch((error: unknown) => {
      throw ioError(error, `reading ${name}`);
    });
    const wrong = found.chunks.findIndex((chunk, index) => chunk !== expected.chunks[index]);
    if (found.bytes !== expected.bytes || wrong >= 0 || found.chunks.length !== expected.chunks.length) {
      throw new StoreError(
        "ERR_STORE_DIGEST",
        `${name} of generation ${manifest.number} is not what was written: it is damaged`,
        {
          hint: "it must not be restored; look at the volume's health",
        },
      );
    }
  }
}

/**
 * Looks whether every file is there with its size, and nothing else among the images: CRIU spins for ever on a short file, and takes images by their
 * names, whoever put them there.
 */
export async function verifySizes(directory: string, manifest: Manifest): Promise<void> {
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    const stat = await lstat(join(directory, name)).catch(() => undefined);
    if (stat?.isFile() !== true || stat.size !== bytes) {
      throw new StoreError("ERR_STORE_SIZE", `${name} has ${stat?.size ?? "no"} bytes instead of ${bytes}`);
    }
  }
  for (const name of await readdir(join(directory, ImagesName))) {
    if (manifest.files[`${ImagesName}/${name}`] === undefined) {
      throw new StoreError("ERR_STORE_MANIFEST", `${ImagesName}/${name} is not in the manifest`);
    }
  }
  if ((await exists(join(directory, PackName))) && manifest.files[PackName] === undefined) {
    throw new StoreError("ERR_STORE_MANIFEST", `${PackName} is not in the manifest`);
  }
}
