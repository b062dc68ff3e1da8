import { chmodSync, chownSync, closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { CarriedEntry } from "../carry/entry.ts";
import { readFully, writeFully } from "../durable.ts";
import { StoreError } from "../error.ts";
import { throwIfAborted } from "../system-error.ts";

/** Files up to here are written by synchronous calls, see {@link slices}. */
const SmallBytes = 64 * 1024;
const LargeBuffer = 1024 * 1024;

/** How a file is opened: as a new one, or the one that is there, emptied. */
export const NewFile: number = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
export const SameFile: number = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Writes content, owner and mode of a carried file. What lies between its segments becomes a hole. */
export async function writeFile(
  entry: CarriedEntry,
  pack: FileHandle,
  target: { readonly path: string; readonly flags: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { bytes = 0, segments = [] } = entry;
  if (bytes <= SmallBytes) writeSmall(entry, pack.fd, target);
  else {
    await using file = await open(target.path, target.flags, 0o600);
    await file.truncate(bytes);
    const buffer = Buffer.allocUnsafe(Math.min(LargeBuffer, bytes));
    for (const [at, length, packed] of segments) {
      for (let done = 0; done < length; ) {
        throwIfAborted(signal, "putting files back");
        const part = buffer.subarray(0, Math.min(buffer.length, length - done));
        if ((await readFully(pack, part, packed + done)) < part.length) throw tooShort();
        await writeFully(file, part, at + done);
        done += part.length;
      }
    }
  }
  // Owner before mode: chown takes the set-uid bit away.
  chownSync(target.path, entry.uid, entry.gid);
  chmodSync(target.path, entry.mode);
}

function writeSmall(
  { bytes = 0, segments = [] }: CarriedEntry,
  pack: number,
  target: { readonly path: string; readonly flags: number },
): void {
  const file = openSync(target.path, target.flags, 0o600);
  try {
    for (const [at, length, packed] of segments) {
      const buffer = Buffer.allocUnsafe(length);
      if (readSync(pack, buffer, 0, length, packed) < length) throw tooShort();
      for (let done = 0; done < length; ) done += writeSync(file, buffer, done, length - done, at + done);
    }
    ftruncateSync(file, bytes);
  } finally {
    closeSync(file);
  }
}

function tooShort(): StoreError {
  return new StoreError("ERR_STORE_SIZE", "the pack of carried files is shorter than its index says");
}
