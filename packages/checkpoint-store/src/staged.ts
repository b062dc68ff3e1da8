import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CarriedFiles, IndexName, PackName } from "./carried.ts";
import { chunkHasher, type DigestAlgorithm, digestFile, type FileDigest } from "./digest.ts";
import { codeOf, ioError, syncPath, writeDurably } from "./durable.ts";
import { StoreError } from "./error.ts";
import { formatGenerationName } from "./generation-name.ts";
import { type CheckpointFacts, type Manifest, ManifestFormat, ManifestName, printManifest } from "./manifest.ts";
import { type CarryRequest, packFiles } from "./pack.ts";

/** A generation that is being written. It is nothing until it is committed. */
export interface StagedCheckpoint {
  readonly number: number;
  readonly directory: string;
  /** For CRIU's images. */
  readonly imageDirectory: string;
  /** Copies files in; to be called when the tree stands frozen. At most once. */
  carry(
    requests: readonly CarryRequest[],
    options: { readonly isExcluded: (path: string) => boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<CarriedFiles>;
  /** Digests and syncs everything, writes the manifest last, and renames into place. Nothing is there under its final name before. */
  commit(
    facts: CheckpointFacts,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<{ readonly number: number; readonly directory: string; readonly bytes: number }>;
  /** Removes what was written; nothing happens after a commit. */
  discard(): Promise<void>;
}

/** Name of the folder for CRIU's images in a generation. */
export const ImagesName = "checkpoint";

export async function stageCheckpoint(options: {
  readonly root: string;
  readonly claimant: string;
  readonly number: number;
  readonly digest: DigestAlgorithm;
}): Promise<StagedCheckpoint> {
  const { root, claimant, digest } = options;
  const directory = join(root, formatGenerationName({ number: options.number, state: "staging", claimant }));
  const imageDirectory = join(directory, ImagesName);
  let committed = false;
  await rm(directory, { recursive: true, force: true });
  try {
    await mkdir(directory);
    await mkdir(imageDirectory);
  } catch (error) {
    throw ioError(error, `making ${directory}`);
  }

  async function digestAll(signal: AbortSignal | undefined): Promise<Record<string, FileDigest>> {
    const hasher = await chunkHasher(digest);
    const files: Record<string, FileDigest> = {};
    const names = (await readdir(imageDirectory)).sort().map((name) => `${ImagesName}/${name}`);
    const carried = (await readdir(directory)).filter((name) => name === PackName || name === IndexName);
    for (const name of [...names, ...carried]) {
      const path = join(directory, name);
      files[name] = await digestFile(path, hasher, signal);
      await syncPath(path);
    }
    return files;
  }

  async function place(number: number): Promise<{ number: number; target: string }> {
    for (let next = number; ; next++) {
      const target = join(root, formatGenerationName({ number: next, state: "complete" }));
      try {
        await rename(directory, target);
        return { number: next, target };
      } catch (error) {
        // Another container has committed this number meanwhile.
        if (codeOf(error) !== "ENOTEMPTY" && codeOf(error) !== "EEXIST") throw error;
      }
    }
  }

  return {
    number: options.number,
    directory,
    imageDirectory,
    carry: (requests, carryOptions) => packFiles(directory, requests, carryOptions),
    commit: async (facts, { signal } = {}) => {
      try {
        const files = await digestAll(signal);
        const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
        const manifest: Manifest = {
          ...facts,
          format: ManifestFormat,
          number: options.number,
          createdAt: new Date().toISOString(),
          digest,
          files,
          bytes,
        };
        await writeDurably(join(directory, ManifestName), printManifest(manifest));
        await syncPath(imageDirectory);
        await syncPath(directory);
        signal?.throwIfAborted();
        const placed = await place(options.number);
        committed = true;
        await syncPath(root);
        return { number: placed.number, directory: placed.target, bytes };
      } catch (error) {
        if (signal?.aborted === true && !committed)
          throw new StoreError("ERR_STORE_ABORTED", "the commit was given up", { cause: error });
        throw ioError(error, `committing ${directory}`);
      }
    },
    discard: async () => {
      if (!committed) await rm(directory, { recursive: true, force: true });
    },
  };
}
