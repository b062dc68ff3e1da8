import {
  type BigIntStats,
  chmodSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { dataRuns } from "../carry/holes.ts";
import type { Slices } from "../slices.ts";
import type { MakeFifo } from "./make-fifo.ts";
import { type Attributes, attributesOf, type Original } from "./originals.ts";
import { TemporaryName } from "./place.ts";
import { NewFile, SameFile } from "./write-file.ts";

/** What originals are brought back with. */
export interface BringingBack {
  readonly makeFifo: MakeFifo;
  readonly slice: Slices;
  /** For content on its way. */
  readonly buffer: Buffer;
  /** A path of each file that is there again: what were names of one file become so again. */
  readonly names: Map<string, string>;
}

/**
 * Puts an original to its place again, but for its times: beside it first and renamed, or into the file that is there.
 *
 * @returns what it had, with its times
 */
export async function bringBack(
  original: Original,
  { path, isInPlace }: { readonly path: string; readonly isInPlace: boolean },
  bringing: BringingBack,
): Promise<Attributes> {
  if (original.kind === "copy" && isInPlace) {
    writeCopy(original, path, SameFile);
    return original;
  }
  const temporary = `${dirname(path)}/${TemporaryName}`;
  rmSync(temporary, { recursive: true, force: true });
  try {
    const attributes = await make(original, temporary, { ...bringing, path });
    renameSync(temporary, path);
    return attributes;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

async function make(
  original: Original,
  temporary: string,
  bringing: BringingBack & { readonly path: string },
): Promise<Attributes> {
  switch (original.kind) {
    case "symlink":
      symlinkSync(original.target, temporary);
      lchownSync(temporary, original.uid, original.gid);
      return original;
    case "fifo":
      await bringing.makeFifo(temporary, original.mode);
      lchownSync(temporary, original.uid, original.gid);
      chmodSync(temporary, original.mode);
      return original;
    case "copy":
      writeCopy(original, temporary, NewFile);
      return original;
    case "descriptor": {
      const stat = fstatSync(original.descriptor, { bigint: true });
      const identity = `${stat.dev}:${stat.ino}`;
      const otherName = bringing.names.get(identity);
      if (otherName === undefined) await copyFile(original.descriptor, stat, temporary, bringing);
      else linkSync(otherName, temporary);
      bringing.names.set(identity, bringing.path);
      return attributesOf(stat);
    }
  }
}

function writeCopy(copy: Attributes & { readonly content: Buffer }, path: string, flags: number): void {
  const file = openSync(path, flags, 0o600);
  try {
    writeAll(file, copy.content, 0);
    setOwnership(file, copy);
  } finally {
    closeSync(file);
  }
}

async function copyFile(
  from: number,
  stat: BigIntStats,
  path: string,
  { buffer, slice }: Pick<BringingBack, "buffer" | "slice">,
): Promise<void> {
  const bytes = Number(stat.size);
  const hasHoles = stat.blocks * 512n < stat.size;
  const file = openSync(path, NewFile, 0o600);
  try {
    for (let at = 0; at < bytes; ) {
      if (slice.due()) await slice.turn();
      const read = readSync(from, buffer, 0, Math.min(buffer.length, bytes - at), at);
      if (read === 0) throw new Error("what was there before has become shorter");
      const part = buffer.subarray(0, read);
      if (!hasHoles) writeAll(file, part, at);
      else for (const run of dataRuns(part)) writeAll(file, part.subarray(run.from, run.to), at + run.from);
      at += read;
    }
    if (hasHoles) ftruncateSync(file, bytes);
    setOwnership(file, attributesOf(stat));
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Buffer, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

/** Owner before mode: chown takes the set-uid bit away. */
function setOwnership(file: number, { uid, gid, mode }: Attributes): void {
  fchownSync(file, uid, gid);
  fchmodSync(file, mode);
}
