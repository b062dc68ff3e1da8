import { type BigIntStats, chmodSync, lchownSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { CarriedEntry } from "../carry/entry.ts";
import { StoreError } from "../error.ts";
import { codeOf } from "../system-error.ts";
import type { Changes } from "./changes.ts";
import { sameOwnership } from "./compare.ts";

/**
 * Makes a directory, or lets its owner write to the one that is there: it may be one that nobody may write to, and its content comes before its mode.
 * {@link finishDirectory} gives it what it should have.
 *
 * @returns false when it was there with the right mode and owner
 */
export function beginDirectory(
  entry: CarriedEntry,
  path: string,
  stat: BigIntStats | undefined,
  changes: Changes,
): boolean {
  if (stat?.isDirectory() === true) {
    if (entry.parent === true) return false;
    changes.stays(path, stat);
    openUp(path, stat);
    return !sameOwnership(entry, stat);
  }
  if (stat !== undefined && entry.parent === true) throw notADirectory(entry);
  changes.enter(dirname(path));
  const replacing = changes.replaces(entry, path, stat);
  try {
    if (stat !== undefined) rmSync(path, { force: true });
    mkdirSync(path, 0o700);
    replacing.done();
    return true;
  } catch (error) {
    // What was there may be gone already.
    if (stat === undefined) replacing.failed();
    else replacing.done();
    // Whatever runs in the container beside crik may make it in this very moment: a probe in Python makes each `__pycache__` that it misses.
    const made = codeOf(error) === "EEXIST" ? lstatSync(path, { bigint: true, throwIfNoEntry: false }) : undefined;
    if (made?.isDirectory() !== true) throw error;
    return beginDirectory(entry, path, made, changes);
  }
}

/** Owner, then mode, when its content is in it. */
export function finishDirectory(entry: CarriedEntry, path: string): void {
  const stat = lstatSync(path, { bigint: true });
  if (sameOwnership(entry, stat)) return;
  lchownSync(path, entry.uid, entry.gid);
  chmodSync(path, entry.mode);
}

/** Lets the owner of a directory write to it. On a read-only file system nothing has to be written to it, or else that write tells more. */
export function openUp(path: string, { mode, uid }: BigIntStats): void {
  if (uid !== BigInt(process.geteuid?.() ?? -1) || (mode & 0o300n) === 0o300n) return;
  try {
    chmodSync(path, Number(mode & 0o7777n) | 0o700);
  } catch {}
}

/** One that was not asked for is not replaced: it may be a link of another container image, such as /bin -> usr/bin. */
function notADirectory({ path }: CarriedEntry): StoreError {
  return new StoreError("ERR_STORE_PUT_BACK", `${path}, above what is to be put back, is no directory here`, {
    hint: "restore in the container image that the checkpoint was made in",
  });
}
