import { type BigIntStats, chmodSync, lchownSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import type { CarriedEntry } from "../carry/entry.ts";
import { StoreError } from "../error.ts";
import { codeOf } from "../system-error.ts";
import { sameOwnership } from "./compare.ts";

/**
 * Makes a directory, or lets its owner write to the one that is there: it may be one that nobody may write to, and its content comes before its mode.
 * {@link finishDirectory} gives it what it should have.
 *
 * @returns false when it was there with the right mode and owner
 */
export function beginDirectory(entry: CarriedEntry, path: string, stat: BigIntStats | undefined): boolean {
  if (stat?.isDirectory() === true) {
    if (entry.parent === true) return false;
    if (stat.uid === BigInt(process.geteuid?.() ?? -1) && (stat.mode & 0o300n) !== 0o300n) tryOpenUp(path, stat);
    return !sameOwnership(entry, stat);
  }
  if (stat !== undefined && entry.parent === true) throw notADirectory(entry);
  if (stat !== undefined) rmSync(path, { force: true });
  try {
    mkdirSync(path, 0o700);
    return true;
  } catch (error) {
    // Whatever runs in the container beside crik may make it in this very moment: a probe in Python makes each `__pycache__` that it misses.
    const made = codeOf(error) === "EEXIST" ? lstatSync(path, { bigint: true, throwIfNoEntry: false }) : undefined;
    if (made?.isDirectory() !== true) throw error;
    return beginDirectory(entry, path, made);
  }
}

/** Owner, then mode, when its content is in it. */
export function finishDirectory(entry: CarriedEntry, path: string): void {
  const stat = lstatSync(path, { bigint: true });
  if (sameOwnership(entry, stat)) return;
  lchownSync(path, entry.uid, entry.gid);
  chmodSync(path, entry.mode);
}

/** On a read-only file system nothing has to be written to it, or else that write tells more. */
function tryOpenUp(path: string, { mode }: BigIntStats): void {
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
