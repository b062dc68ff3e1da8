import { createHash } from "node:crypto";
import {
  type BigIntStats,
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { CarriedEntry } from "../carry/entry.ts";
import { StoreError } from "../error.ts";
import { codeOf } from "../system-error.ts";
import { looksSame, sameContent, sameOwnership } from "./compare.ts";
import type { MakeFifo } from "./make-fifo.ts";
import { NewFile, SameFile, writeFile } from "./write-file.ts";

/** Where and by what means entries are placed. */
export interface Placing {
  /** `""` for the container's own root. */
  readonly root: string;
  readonly pack: FileHandle;
  readonly makeFifo: MakeFifo;
  readonly signal: AbortSignal | undefined;
}

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
      return placeDirectory(entry, path, stat);
    case "symlink":
      if (stat?.isSymbolicLink() === true && readlinkSync(path) === entry.target && sameOwner(entry, stat))
        return false;
      return replace(path, stat, (temporary) => {
        symlinkSync(entry.target ?? "", temporary);
        lchownSync(temporary, entry.uid, entry.gid);
      });
    case "fifo":
      if (stat?.isFIFO() === true && sameOwnership(entry, stat)) return false;
      return replace(path, stat, async (temporary) => {
        await placing.makeFifo(temporary, entry.mode);
        lchownSync(temporary, entry.uid, entry.gid);
        chmodSync(temporary, entry.mode);
      });
    case "file":
      return entry.linkTo === undefined
        ? placeFile(entry, path, stat, placing)
        : placeLink(`${placing.root}${entry.linkTo}`, path, stat);
  }
}

function placeDirectory(entry: CarriedEntry, path: string, stat: BigIntStats | undefined): boolean {
  if (stat?.isDirectory() === true) {
    if (entry.parent === true || sameOwnership(entry, stat)) return false;
  } else {
    if (stat !== undefined && entry.parent === true) throw notADirectory(entry);
    if (stat !== undefined) rmSync(path, { force: true });
    mkdirSync(path, 0o700);
  }
  lchownSync(path, entry.uid, entry.gid);
  chmodSync(path, entry.mode);
  return true;
}

/** One that was not asked for is not replaced: it may be a link of another container image, such as /bin -> usr/bin. */
function notADirectory({ path }: CarriedEntry): StoreError {
  return new StoreError("ERR_STORE_PUT_BACK", `${path}, above what is to be put back, is no directory here`, {
    hint: "restore in the container image that the checkpoint was made in",
  });
}

async function placeFile(
  entry: CarriedEntry,
  path: string,
  stat: BigIntStats | undefined,
  placing: Placing,
): Promise<boolean> {
  const { pack, root, signal } = placing;
  if (stat !== undefined && looksSame(entry, stat) && sameContent(entry, pack.fd, root)) return false;
  try {
    return await replace(path, stat, (temporary) =>
      writeFile(entry, pack, { path: temporary, flags: NewFile }, signal),
    );
  } catch (error) {
    if (stat?.isFile() !== true || !isInPlaceOnly(error)) throw error;
    await writeFile(entry, pack, { path, flags: SameFile }, signal);
    return true;
  }
}

function placeLink(target: string, path: string, stat: BigIntStats | undefined): boolean | Promise<boolean> {
  const { dev, ino } = lstatSync(target, { bigint: true });
  // rename(2) of one name over another of the same file does nothing, and leaves both.
  if (stat?.dev === dev && stat.ino === ino) return false;
  return replace(path, stat, (temporary) => linkSync(target, temporary));
}

/** Makes it under a name beside, then renames. The name is always the same, so that the next try removes what a killed one left. */
async function replace(
  path: string,
  stat: BigIntStats | undefined,
  make: (temporary: string) => void | Promise<void>,
): Promise<true> {
  const temporary = `${dirname(path)}/.crik-${createHash("sha256").update(basename(path)).digest("hex").slice(0, 16)}`;
  rmSync(temporary, { recursive: true, force: true });
  try {
    await make(temporary);
    if (stat?.isDirectory() === true) {
      // A directory of the image stands where the application had put something else.
      const aside = `${temporary}-old`;
      renameSync(path, aside);
      renameSync(temporary, path);
      rmSync(aside, { recursive: true, force: true });
    } else renameSync(temporary, path);
    return true;
  } catch (error) {
    tryRemove(temporary);
    throw error;
  }
}

/** A file that is a mount point (EBUSY, EXDEV), or lies in a directory that cannot be written to though it can itself. */
function isInPlaceOnly(error: unknown): boolean {
  const code = codeOf(error);
  return code === "EBUSY" || code === "EXDEV" || code === "EROFS" || code === "EACCES" || code === "EPERM";
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
