import { stat } from "node:fs/promises";
import { join } from "node:path";
import { asError, CriuError } from "../error.ts";
import { listCorePids } from "./core-pids.ts";
import { Absent, ImageMagic, readImageFile } from "./image-file.ts";
import { type Inventory, parseInventory } from "./inventory.ts";
import { type ImageProcess, parseProcess } from "./process-tree.ts";
import { type DumpStats, parseDumpStats, parseRestoreStats, type RestoreStats } from "./stats.ts";
import type { WireField } from "./wire.ts";

/** A CRIU image directory: `inventory.img`, `pstree.img`, `core-<pid>.img`, `pages-<id>.img`, … Everything in it is untrusted input. */
export interface ImageDirectory {
  readonly path: string;
  /**
   * Parsed `inventory.img`.
   * @throws CriuError `ERR_CRIU_IMAGE_DIRECTORY` when there is none: this is not a checkpoint, or not a whole one; `ERR_CRIU_IMAGE_FORMAT`
   */
  readInventory(): Promise<Inventory>;
  /** Parsed `pstree.img`: every process of the checkpoint, parents before their children. @throws as {@link ImageDirectory.readInventory} */
  readProcessTree(): Promise<readonly ImageProcess[]>;
  /** Parsed `stats-dump`, or `undefined` when CRIU did not write one: it does so last, and only when the dump succeeds. */
  readDumpStats(): Promise<DumpStats | undefined>;
  readRestoreStats(): Promise<RestoreStats | undefined>;
  /** Ids of all processes and threads, ascending. */
  listCorePids(): Promise<readonly number[]>;
}

/**
 * Opens a directory of CRIU's images.
 *
 * @param options - `workDirectory`: where the statistics are, if not with the images
 * @throws CriuError `ERR_CRIU_IMAGE_DIRECTORY` when there is no such directory
 */
export async function openImageDirectory(
  path: string,
  options: { readonly workDirectory?: string | undefined } = {},
): Promise<ImageDirectory> {
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    (cause: unknown) => {
      throw new CriuError(
        "ERR_CRIU_IMAGE_DIRECTORY",
        `the image directory ${path} cannot be opened: ${asError(cause).message}`,
        { cause },
      );
    },
  );
  if (!isDirectory) throw new CriuError("ERR_CRIU_IMAGE_DIRECTORY", `${path} is not a directory`);
  return imageDirectoryAt(path, options.workDirectory ?? path);
}

/** The same without a look at the disk: whoever commits a checkpoint in `whenFrozen` may have renamed the directory by now. */
export function imageDirectoryAt(path: string, workDirectory: string): ImageDirectory {
  const stats = <Stats>(
    name: string,
    parse: (fields: readonly WireField[]) => Stats | undefined,
  ): Promise<Stats | undefined> => readOne(join(workDirectory, name), [ImageMagic.service, ImageMagic.stats], parse);
  return {
    path,
    readInventory: async () => {
      const inventory = await readOne(join(path, "inventory.img"), [ImageMagic.inventory], parseInventory);
      return inventory ?? missing(path, "inventory.img");
    },
    readProcessTree: async () => {
      const tree = await readAll(join(path, "pstree.img"), [ImageMagic.common, ImageMagic.pstree], parseProcess);
      return tree ?? missing(path, "pstree.img");
    },
    readDumpStats: () => stats("stats-dump", parseDumpStats),
    readRestoreStats: () => stats("stats-restore", parseRestoreStats),
    listCorePids: () => listCorePids(path),
  };
}

function missing(path: string, name: string): never {
  throw new CriuError(
    "ERR_CRIU_IMAGE_DIRECTORY",
    `${path} has no ${name}: it is not a checkpoint, or a dump did not come to its end`,
  );
}

async function readOne<T>(
  path: string,
  magics: readonly number[],
  parse: (fields: readonly WireField[]) => T,
): Promise<T | undefined> {
  const all = await readAll(path, magics, (fields) => fields);
  if (all === undefined) return undefined;
  const [fields] = all;
  if (fields === undefined) throw new CriuError("ERR_CRIU_IMAGE_FORMAT", `${path} holds nothing`);
  return parsed(path, fields, parse);
}

async function readAll<T>(
  path: string,
  magics: readonly number[],
  parse: (fields: readonly WireField[]) => T,
): Promise<readonly T[] | undefined> {
  const messages = await readImageFile(path, magics);
  return messages === Absent ? undefined : messages.map((fields) => parsed(path, fields, parse));
}

function parsed<T>(path: string, fields: readonly WireField[], parse: (fields: readonly WireField[]) => T): T {
  try {
    return parse(fields);
  } catch (cause) {
    throw new CriuError("ERR_CRIU_IMAGE_FORMAT", `${path} is damaged: ${asError(cause).message}`, { cause });
  }
}
