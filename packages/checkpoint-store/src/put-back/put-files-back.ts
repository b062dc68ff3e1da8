import { lstatSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { CarriedEntry } from "../carry/entry.ts";
import { isBelow } from "../carry/exclude.ts";
import { isStoreError, StoreError } from "../error.ts";
import { slices } from "../slices.ts";
import { codeOf, storeError } from "../system-error.ts";
import type { Changes } from "./changes.ts";
import { finishDirectory } from "./directory.ts";
import { createFolders } from "./folders.ts";
import type { MakeFifo } from "./make-fifo.ts";
import { type Placing, place } from "./place.ts";
import { type FileTimes, isNear, type SetTimes, setTimesNearly } from "./times.ts";

/** What was put back. */
export interface PutBackReport {
  readonly entries: number;
  /** Those that were not there already, with the same content, mode, owner and times. */
  readonly written: number;
  /** Content of the entries, in bytes, without holes. */
  readonly bytes: number;
}

/** How files are put back. */
export interface PutBackOptions {
  readonly makeFifo: MakeFifo;
  readonly setTimes?: SetTimes | undefined;
  /** Never written to, with everything below: the image directory. */
  readonly protect: readonly string[];
  /** Where everything is noted that an undo needs. */
  readonly changes: Changes;
  /** Put back below this directory instead of the container's root; without a slash at its end. @defaultValue `""` */
  readonly root?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Content on its way; at least twice what a small file may have. */
const BufferBytes = 1024 * 1024;

/** Nothing that a checkpoint says is written here: the kernel's file systems. */
const Kernel = ["/proc", "/sys"] as const;

/**
 * Puts carried files back to their places, directories first, times last. No link is followed, neither above a path nor at it.
 *
 * @throws StoreError `ERR_STORE_PUT_BACK` naming the path, `ERR_STORE_FULL`, `ERR_STORE_ABORTED`; what came before it is in its place then, and the
 * path itself is as it was, unless it is a mount of its own
 */
export async function putFilesBack(
  entries: readonly CarriedEntry[],
  pack: FileHandle,
  options: PutBackOptions,
): Promise<PutBackReport> {
  const { root = "", signal, changes } = options;
  const buffer = Buffer.allocUnsafe(BufferBytes);
  const placing: Placing = { root, pack, makeFifo: options.makeFifo, buffer, signal, changes };
  const forbidden = [...Kernel, ...options.protect];
  const folders = createFolders(root);
  const slice = slices(signal, "putting files back");
  const later: CarriedEntry[] = [];
  let written = 0;
  for (const entry of entries) {
    if (slice.due()) await slice.turn();
    try {
      if (forbidden.some((folder) => isBelow(entry.path, folder))) {
        throw new StoreError("ERR_STORE_PUT_BACK", `${entry.path} is no place for a carried file`);
      }
      folders.checkAbove(`${root}${entry.path}`);
      const isNew = await placeWithRoom(entry, placing);
      if (isNew) written += 1;
      if (entry.kind !== "directory") keepTimes(entry, isNew, options);
      else if (entry.parent !== true || isNew) later.push(entry);
    } catch (error) {
      throw failed(entry, error, written);
    }
  }
  // What was put into a directory has changed its time, and may need more than its mode; the deepest first.
  for (const entry of later.reverse()) {
    try {
      finishDirectory(entry, `${root}${entry.path}`);
      keepTimes(entry, false, options);
    } catch (error) {
      throw failed(entry, error, written);
    }
  }
  await options.setTimes?.(entries.filter(({ parent }) => parent !== true).map((entry) => timesOf(entry, root)));
  return { entries: entries.length, written, bytes: entries.reduce((sum, entry) => sum + contentBytes(entry), 0) };
}

/** Where there is no room any more, what is kept for an undo makes some: a restore that succeeds needs none. */
async function placeWithRoom(entry: CarriedEntry, placing: Placing): Promise<boolean> {
  try {
    return await place(entry, placing);
  } catch (error) {
    const isFull = codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT";
    if (!isFull || !placing.changes.letGo("there was no room to keep it")) throw error;
    return await place(entry, placing);
  }
}

/** What is right already is not touched: it may lie on a read-only file system. */
function keepTimes(
  entry: CarriedEntry,
  isNew: boolean,
  { root = "", changes }: Pick<PutBackOptions, "root" | "changes">,
): void {
  if (entry.linkTo !== undefined) return;
  const times = timesOf(entry, root);
  if (!isNew) {
    const stat = lstatSync(times.path, { bigint: true });
    if (isNear(stat.mtimeNs, times.mtimeNs)) return;
    if (!stat.isDirectory()) changes.stays(times.path, stat);
  }
  setTimesNearly(times);
}

function contentBytes({ segments = [] }: CarriedEntry): number {
  return segments.reduce((sum, segment) => sum + segment[1], 0);
}

function timesOf({ path, atimeNs, mtimeNs }: CarriedEntry, root: string): FileTimes {
  return { path: `${root}${path}`, atimeNs: BigInt(atimeNs), mtimeNs: BigInt(mtimeNs) };
}

function failed({ path }: CarriedEntry, error: unknown, written: number): StoreError {
  if (isStoreError(error)) return error;
  const left = `${written} carried files that came before ${path} are in their places`;
  const converted = storeError(error, `putting ${path} back`, { left });
  if (converted.code === "ERR_STORE_FULL") return converted;
  const hint =
    codeOf(error) === "EROFS" ? "mount an emptyDir there, since the root file system is read-only" : undefined;
  return new StoreError("ERR_STORE_PUT_BACK", converted.message, { hint, left, cause: error });
}
