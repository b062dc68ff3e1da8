import {
  type BigIntStats,
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { CarriedEntry } from "../carry/entry.ts";
import { codeOf } from "../system-error.ts";
import type { Changes } from "./changes.ts";
import { looksSame, sameContent, sameOwnership } from "./compare.ts";
import { beginDirectory } from "./directory.ts";
import type { MakeFifo } from "./make-fifo.ts";
import { NewFile, SameFile, writeFile } from "./write-file.ts";

/** Where and by what means entries are placed. */
export interface Placing {
  /** `""` for the container's own root. */
  readonly root: string;
  readonly pack: FileHandle;
  readonly makeFifo: MakeFifo;
  /** For content on its way. */
  readonly buffer: Buffer;
  readonly signal: AbortSignal | undefined;
  /** Where it is noted what is changed. */
  readonly changes: Changes;
}

/** What is not in its place yet, in the same directory. One at a time, so that it is always the same name, and a new try replaces what a killed one left. */
export const TemporaryName = ".crik-put-back";

/**
 * Puts one entry to its place, without its times. A file is written beside its place and renamed over it, so that there is no moment with half of it;
 * a bind mount cannot be replaced and is written in place.
 *
 * @returns false when it was there already
 */
export async function place(entry: CarriedEntry, placing: Placing): Promise<boolean> {
  const path = `${placing.root}${entry.path}`;
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  switch (entry.kind) {
    case "directory":
      return beginDirectory(entry, path, stat, placing.changes);
    case "symlink":
      if (stat?.isSymbolicLink() === true && readlinkSync(path) === entry.target && sameOwner(entry, stat))
        return false;
      return replace(entry, path, stat, placing, (temporary) => {
        symlinkSync(entry.target ?? "", temporary);
        lchownSync(temporary, entry.uid, entry.gid);
      });
    case "fifo":
      if (stat?.isFIFO() === true && sameOwnership(entry, stat)) return false;
      return replace(entry, path, stat, placing, async (temporary) => {
        rmSync(temporary, { recursive: true, force: true });
        await placing.makeFifo(temporary, entry.mode);
        lchownSync(temporary, entry.uid, entry.gid);
        chmodSync(temporary, entry.mode);
      });
    case "file":
      return entry.linkTo === undefined
        ? placeFile(entry, path, stat, placing)
        : placeLink(entry, `${placing.root}${entry.linkTo}`, path, stat, placing);
  }
}

async function placeFile(
  entry: CarriedEntry,
  path: string,
  stat: BigIntStats | undefined,
  placing: Placing,
): Promise<boolean> {
  if (stat !== undefined && looksSame(entry, stat) && sameContent(entry, placing)) return false;
  try {
    return await replace(entry, path, stat, placing, (temporary) =>
      writeFile(entry, { path: temporary, flags: NewFile }, placing),
    );
  } catch (error) {
    if (stat?.isFile() !== true || !isInPlaceOnly(error)) throw error;
    placing.changes.overwrites(entry, path);
    await writeFile(entry, { path, flags: SameFile }, placing);
    return true;
  }
}

function placeLink(
  entry: CarriedEntry,
  target: string,
  path: string,
  stat: BigIntStats | undefined,
  placing: Placing,
): boolean | Promise<boolean> {
  const { dev, ino } = lstatSync(target, { bigint: true });
  // rename(2) of one name over another of the same file does nothing, and leaves both.
  if (stat?.dev === dev && stat.ino === ino) return false;
  return replace(entry, path, stat, placing, (temporary) => linkSync(target, temporary));
}

/** Makes it under a name beside, then renames. */
async function replace(
  entry: CarriedEntry,
  path: string,
  stat: BigIntStats | undefined,
  { changes }: Placing,
  make: (temporary: string) => void | Promise<void>,
): Promise<true> {
  const folder = dirname(path);
  const temporary = `${folder}/${TemporaryName}`;
  changes.enter(folder);
  try {
    try {
      await make(temporary);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      rmSync(temporary, { recursive: true, force: true });
      await make(temporary);
    }
    const replacing = changes.replaces(entry, path, stat);
    try {
      putInPlace(temporary, path, stat);
    } catch (error) {
      replacing.failed();
      throw error;
    }
    replacing.done();
    return true;
  } catch (error) {
    tryRemove(temporary);
    throw error;
  }
}

function putInPlace(temporary: string, path: string, stat: BigIntStats | undefined): void {
  // A directory of the image stands where the application had put something else.
  const aside = stat?.isDirectory() === true ? `${temporary}-old` : undefined;
  if (aside !== undefined) renameSync(path, aside);
  renameSync(temporary, path);
  if (aside !== undefined) rmSync(aside, { recursive: true, force: true });
}

/**
 * A file that is a mount point cannot be renamed over; nor can anything be made in a read-only directory, though a file in it may be mounted writable.
 * Decided by the call that failed: after any other, writing in place would only damage what is there.
 */
function isInPlaceOnly(error: unknown): boolean {
  const [code, call] = [codeOf(error), error instanceof Error && "syscall" in error ? error.syscall : undefined];
  if (call === "rename") return code === "EBUSY" || code === "EXDEV";
  return call === "open" && (code === "EROFS" || code === "EACCES");
}

function sameOwner({ uid, gid }: CarriedEntry, stat: BigIntStats): boolean {
  return Number(stat.uid) === uid && Number(stat.gid) === gid;
}

function tryRemove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The first error tells more.
  }
}
