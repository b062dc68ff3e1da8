import { closeSync, constants, fchmodSync, fchownSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { CarriedEntry } from "../carry/entry.ts";
import { readFully, writeFully } from "../durable.ts";
import { StoreError } from "../error.ts";
import { throwIfAborted } from "../system-error.ts";

/** Files up to here are written in one go. */
const SmallBytes = 64 * 1024;

/** What a file is written from, and what may be used for it. */
export interface Writing {
  readonly pack: FileHandle;
  readonly buffer: Buffer;
  readonly signal: AbortSignal | undefined;
}

/** Flags to open a file that must not be there yet. */
export const NewFile: number = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Flags to open the file that is there, emptied. */
export const SameFile: number = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Writes content, owner and mode of a carried file. What lies between its segments becomes a hole. */
export async function writeFile(
  entry: CarriedEntry,
  target: { readonly path: string; readonly flags: number },
  writing: Writing,
): Promise<void> {
  // Small files by synchronous calls, see slices.
  if ((entry.bytes ?? 0) <= SmallBytes) writeSmall(entry, target, writing);
  else await writeLarge(entry, target, writing);
}

function writeSmall(
  entry: CarriedEntry,
  target: { readonly path: string; readonly flags: number },
  { pack, buffer }: Writing,
): void {
  const { bytes = 0, segments = [] } = entry;
  const file = openSync(target.path, target.flags, 0o600);
  try {
    let end = 0;
    for (const [at, length, packed] of segments) {
      if (readSync(pack.fd, buffer, 0, length, packed) < length) throw tooShort();
      for (let done = 0; done < length; ) done += writeSync(file, buffer, done, length - done, at + done);
      end = at + length;
    }
    if (end < bytes) ftruncateSync(file, bytes);
    // Owner before mode: chown takes the set-uid bit away.
    fchownSync(file, entry.uid, entry.gid);
    fchmodSync(file, entry.mode);
  } finally {
    closeSync(file);
  }
}

async function writeLarge(
  entry: CarriedEntry,
  target: { readonly path: string; readonly flags: number },
  { pack, buffer, signal }: Writing,
): Promise<void> {
  await using file = await open(target.path, target.flags, 0o600);
  await file.truncate(entry.bytes);
  for (const [at, length, packed] of entry.segments ?? []) {
    for (let done = 0; done < length; ) {
      throwIfAborted(signal, "putting files back");
      const part = buffer.subarray(0, Math.min(buffer.length, length - done));
      if ((await readFully(pack, part, packed + done)) < part.length) throw tooShort();
      await writeFully(file, part, at + done);
      done += part.length;
    }
  }
  await file.chown(entry.uid, entry.gid);
  await file.chmod(entry.mode);
}

function tooShort(): StoreError {
  return new StoreError("ERR_STORE_SIZE", "the pack of carried files is shorter than its index says");
}
