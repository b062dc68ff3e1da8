import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { StoreError } from "../error.ts";
import { codeOf, throwIfAborted } from "../system-error.ts";
import { type Found, identityOf, lookAgain } from "./collect.ts";
import type { Segment } from "./entry.ts";
import { dataRuns } from "./holes.ts";
import type { PackWriter } from "./pack-writer.ts";

/** Files up to here are read by synchronous calls, see {@link slices}. */
const SmallBytes = 64 * 1024;
/** How often a file that others change is looked at again. */
const MostLooks = 5;
const Flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What a path is, and the bytes of it that are in the pack. */
export interface Packed {
  readonly found: Found;
  /** Of a file only. */
  readonly segments?: readonly Segment[];
}

/**
 * Reads a file into the pack. The tree stands frozen, but other containers of the pod, exec probes and `kubectl exec` do not: a file that one of them replaces
 * meanwhile is looked at again, and carried as it is by then, be it a link. What was read of it before stays in the pack, of no use. A directory comes without
 * what is below it: that was not there when everything was looked at.
 *
 * @returns `undefined` when it is not there any more, or nothing that is carried
 * @throws StoreError `ERR_STORE_IO` when it changes again and again
 */
export async function packFile(
  found: Found,
  pack: PackWriter,
  signal: AbortSignal | undefined,
): Promise<Packed | undefined> {
  const { path } = found.entry;
  let now: Found | undefined = found;
  for (let looks = 1; now?.entry.kind === "file"; looks++) {
    try {
      if (pack.room().length === 0) await pack.flush();
      return { found: now, segments: await readFile(now, pack, signal) };
    } catch (error) {
      if (isGone(error)) return undefined;
      if (!isChange(error)) throw error;
      if (looks >= MostLooks) {
        throw new StoreError("ERR_STORE_IO", `${path} was changed by somebody else while it was carried`, {
          cause: error,
        });
      }
      now = lookAgain(path);
    }
  }
  return now && { found: now };
}

/**
 * Exactly as large as it was when it was looked at. A file without holes is one segment; of one with holes, blocks of zeros are left out, since neither runtime
 * has SEEK_HOLE.
 */
async function readFile(found: Found, pack: PackWriter, signal: AbortSignal | undefined): Promise<readonly Segment[]> {
  const { entry, bytes, diskBytes } = found;
  if (bytes === 0) return [];
  if (bytes <= SmallBytes && bytes <= pack.room().length && diskBytes >= bytes) return readSmall(found, pack);
  const file = await open(entry.path, Flags);
  try {
    checkIdentity(found, await file.stat({ bigint: true }));
    return diskBytes >= bytes
      ? await readWhole(found, file, pack, signal)
      : await readSparse(found, file, pack, signal);
  } finally {
    await file.close();
  }
}

function readSmall(found: Found, pack: PackWriter): readonly Segment[] {
  const file = openSync(found.entry.path, Flags);
  try {
    checkIdentity(found, fstatSync(file, { bigint: true }));
    const start = pack.position;
    const room = pack.room();
    let done = 0;
    while (done < found.bytes) {
      const read = readSync(file, room, done, found.bytes - done, done);
      if (read === 0) throw changed(found);
      done += read;
    }
    pack.filled(done);
    return [[0, found.bytes, start]];
  } finally {
    closeSync(file);
  }
}

async function readWhole(
  found: Found,
  file: FileHandle,
  pack: PackWriter,
  signal: AbortSignal | undefined,
): Promise<readonly Segment[]> {
  const start = pack.position;
  for (let at = 0; at < found.bytes; ) {
    throwIfAborted(signal, "carrying files");
    if (pack.room().length === 0) await pack.flush();
    const room = pack.room();
    const { bytesRead } = await file.read(room, 0, Math.min(room.length, found.bytes - at), at);
    if (bytesRead === 0) throw changed(found);
    at += bytesRead;
    if (pack.filled(bytesRead)) await pack.flush();
  }
  return [[0, found.bytes, start]];
}

async function readSparse(
  found: Found,
  file: FileHandle,
  pack: PackWriter,
  signal: AbortSignal | undefined,
): Promise<readonly Segment[]> {
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  const segments: Segment[] = [];
  for (let at = 0; at < found.bytes; ) {
    throwIfAborted(signal, "carrying files");
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, found.bytes - at), at);
    if (bytesRead === 0) throw changed(found);
    for (const { from, to } of dataRuns(buffer.subarray(0, bytesRead))) {
      append(segments, [at + from, to - from, pack.position]);
      await put(buffer.subarray(from, to), pack);
    }
    at += bytesRead;
  }
  return segments;
}

async function put(bytes: Buffer, pack: PackWriter): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    if (pack.room().length === 0) await pack.flush();
    const copied = bytes.copy(pack.room(), 0, done);
    done += copied;
    if (pack.filled(copied)) await pack.flush();
  }
}

/** Pure but for the list: one segment for data that is continuous in the file, and so in the pack. */
function append(segments: Segment[], [at, length, packed]: Segment): void {
  const last = segments.at(-1);
  if (last !== undefined && last[0] + last[1] === at)
    segments[segments.length - 1] = [last[0], last[1] + length, last[2]];
  else segments.push([at, length, packed]);
}

function checkIdentity(found: Found, stat: BigIntStats): void {
  if (identityOf(stat) !== found.identity || Number(stat.size) < found.bytes) throw changed(found);
}

/** Somebody has changed the file since it was looked at. */
class ChangedError extends Error {}

function changed({ entry }: Found): ChangedError {
  return new ChangedError(`${entry.path} is not what it was`);
}

function isGone(error: unknown): boolean {
  return codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
}

/** What is opened was a file when it was looked at: by then it may be a link (`ELOOP`) or a socket (`ENXIO`). */
function isChange(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof ChangedError || code === "ELOOP" || code === "ENXIO";
}
