import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CarriedEntry, IndexLimitBytes, IndexName, PackName, readIndex } from "./carry/entry.ts";
import { packFiles } from "./carry/pack-files.ts";
import { chunkHasher } from "./chunk-hasher.ts";
import { readUntrusted } from "./durable.ts";
import { StoreError } from "./error.ts";
import { createChanges } from "./put-back/changes.ts";
import { type MakeFifo, systemMakeFifo } from "./put-back/make-fifo.ts";
import { putFilesBack } from "./put-back/put-files-back.ts";
import { messageOf, storeError } from "./system-error.ts";

/** How paths are set aside. */
export interface SetAsideOptions {
  /** For the copies: made when it is missing, removed at the end; on any file system, and not below one of the paths. */
  readonly folder: string;
  /** @defaultValue the `mkfifo` of the PATH */
  readonly makeFifo?: MakeFifo | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Paths that are not in their places. */
export interface SetAside {
  /** Puts everything back, as it was. May be called again after it failed. @throws StoreError `ERR_STORE_PUT_BACK`; the copies stay where `left` says */
  restore(): Promise<void>;
}

/**
 * Removes paths, with everything below, and keeps copies. An inotify watch ends only when its inode does, and CRIU cannot dump one that it cannot
 * find by path: a rename would keep both, so that the content is copied and the path is removed.
 *
 * Copies everything before it removes anything, and removes nothing that it cannot put back, such as a socket or another mount. If that or a removal fails, what was removed is put back.
 *
 * @throws StoreError as {@link StagedCheckpoint.carry} and the removal do; the paths are in their places then, or `left` says where their copies are
 */
export async function setAside(paths: readonly string[], options: SetAsideOptions): Promise<SetAside> {
  const { makeFifo = systemMakeFifo, signal } = options;
  const copies = options.folder;
  try {
    await mkdir(copies, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storeError(error, `making ${copies}`);
  }

  async function forget(): Promise<void> {
    try {
      await rm(copies, { recursive: true, force: true });
    } catch (error) {
      throw storeError(error, `removing ${copies}`, { left: copies });
    }
  }

  async function restore(): Promise<void> {
    const left = `copies of ${paths.join(", ")} in ${copies}`;
    const changes = createChanges();
    try {
      await using pack = await open(join(copies, PackName), "r");
      const { size } = await pack.stat();
      const index: readonly CarriedEntry[] = readIndex(
        (await readUntrusted(join(copies, IndexName), IndexLimitBytes)).toString("utf8"),
        size,
      );
      await putFilesBack(index, pack, { makeFifo, protect: [], changes });
    } catch (error) {
      throw new StoreError("ERR_STORE_PUT_BACK", `what was set aside could not be put back: ${messageOf(error)}`, {
        cause: error,
        left,
      });
    } finally {
      changes.forget();
    }
    await forget();
  }

  try {
    const { skipped } = await packFiles(copies, paths, { signal, hash: await chunkHasher("xxh3") });
    if (skipped.length > 0) {
      throw new StoreError(
        "ERR_STORE_UNSUPPORTED_FILE",
        `what lies there could not be put back: ${skipped.join(", ")}`,
      );
    }
  } catch (error) {
    await forget();
    throw error;
  }
  try {
    for (const path of paths) await rm(path, { recursive: true, force: true });
  } catch (error) {
    await restore();
    throw storeError(error, `setting ${paths.join(", ")} aside`);
  }
  return { restore };
}
