import { type BigIntStats, closeSync, constants, openSync, readSync } from "node:fs";
import type { CarriedEntry } from "../carry/entry.ts";
import { isNear } from "./times.ts";

/** Pure: true when mode and owner are what they should be. */
export function sameOwnership({ mode, uid, gid }: CarriedEntry, stat: BigIntStats): boolean {
  return Number(stat.mode & 0o7777n) === mode && Number(stat.uid) === uid && Number(stat.gid) === gid;
}

/** Pure: true when size, mode, owner and modification time are what they should be, so that it is worth to compare the content. */
export function looksSame(entry: CarriedEntry, stat: BigIntStats): boolean {
  return (
    stat.isFile() &&
    stat.nlink === 1n &&
    Number(stat.size) === (entry.bytes ?? 0) &&
    sameOwnership(entry, stat) &&
    isNear(stat.mtimeNs, BigInt(entry.mtimeNs))
  );
}

/** What {@link sameContent} compares with, and what it may use for it. */
export interface Comparing {
  readonly root: string;
  readonly pack: { readonly fd: number };
  readonly buffer: Buffer;
}

/** Reads both. A file with holes never counts as the same: its holes would have to be searched for. */
export function sameContent(
  { path, bytes = 0, segments = [] }: CarriedEntry,
  { root, pack, buffer }: Comparing,
): boolean {
  const length = segments.reduce((sum, segment) => sum + segment[1], 0);
  if (length !== bytes) return false;
  const file = openSync(`${root}${path}`, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const half = buffer.length / 2;
  const [ours, theirs] = [buffer.subarray(0, half), buffer.subarray(half)];
  try {
    for (const [at, size, packed] of segments) {
      for (let done = 0; done < size; ) {
        const wanted = Math.min(half, size - done);
        const read = readSync(file, ours, 0, wanted, at + done);
        if (read === 0 || readSync(pack.fd, theirs, 0, read, packed + done) !== read) return false;
        if (ours.compare(theirs, 0, read, 0, read) !== 0) return false;
        done += read;
      }
    }
    return true;
  } finally {
    closeSync(file);
  }
}
