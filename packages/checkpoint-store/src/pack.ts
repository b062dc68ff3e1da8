import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { type CarriedEntry, type CarriedFiles, IndexName, PackName, type Segment } from "./carried.ts";
import { codeOf, ioError, readFully, writeDurably } from "./durable.ts";
import { StoreError } from "./error.ts";

/** Smallest stretch of zeros that is kept as a hole. */
const BlockBytes = 4096;
const BufferBytes = 1024 * 1024;

/** What to carry. */
export interface CarryRequest {
  /** Absolute. A directory stands for everything below it, unless `recursive` is false. */
  readonly path: string;
  readonly recursive: boolean;
}

/**
 * Copies files into one pack with one index, so that they cost one fsync, and no name of theirs becomes a name in the image directory.
 * @throws StoreError `ERR_STORE_UNSUPPORTED_FILE` for a device, `ERR_STORE_FULL`
 */
export async function packFiles(
  directory: string,
  requests: readonly CarryRequest[],
  options: { readonly isExcluded: (path: string) => boolean; readonly signal?: AbortSignal | undefined },
): Promise<CarriedFiles> {
  const entries: CarriedEntry[] = [];
  const skipped: string[] = [];
  const seen = new Set<string>();
  const links = new Map<string, string>();
  let packed = 0;
  await using pack = await open(join(directory, PackName), "wx", 0o600);

  async function add(path: string, recursive: boolean): Promise<void> {
    options.signal?.throwIfAborted();
    if (seen.has(path) || options.isExcluded(path)) return;
    seen.add(path);
    let stat: BigIntStats;
    try {
      stat = await lstat(path, { bigint: true });
    } catch (error) {
      if (codeOf(error) === "ENOENT") return;
      throw error;
    }
    const common = {
      path,
      mode: Number(stat.mode & 0o7777n),
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      mtimeNs: String(stat.mtimeNs),
      atimeNs: String(stat.atimeNs),
    };
    if (stat.isDirectory()) {
      entries.push({ ...common, kind: "directory" });
      if (recursive) for (const name of (await readdir(path)).sort()) await add(join(path, name), true);
    } else if (stat.isSymbolicLink()) {
      entries.push({ ...common, kind: "symlink", target: await readlink(path) });
    } else if (stat.isFIFO()) {
      entries.push({ ...common, kind: "fifo" });
    } else if (stat.isSocket()) {
      skipped.push(path);
    } else if (stat.isFile()) {
      const identity = `${stat.dev}:${stat.ino}`;
      const linkTo = stat.nlink > 1n ? links.get(identity) : undefined;
      if (linkTo !== undefined) {
        entries.push({ ...common, kind: "file", linkTo });
        return;
      }
      if (stat.nlink > 1n) links.set(identity, path);
      const copied = await packFile(path, pack, packed);
      packed = copied.end;
      entries.push({ ...common, kind: "file", bytes: copied.bytes, segments: copied.segments });
    } else {
      throw new StoreError("ERR_STORE_UNSUPPORTED_FILE", `${path} is a device, which cannot be carried along`, {
        hint: "take it out of additionalPaths, or add it to carry.exclude",
      });
    }
  }

  try {
    for (const { path, recursive } of requests) await add(path, recursive);
    await pack.sync();
    await writeDurably(join(directory, IndexName), JSON.stringify(entries));
  } catch (error) {
    throw ioError(error, "copying the files that the checkpoint carries along");
  }
  return { entries: entries.length, bytes: packed, skipped };
}

async function packFile(
  path: string,
  pack: FileHandle,
  start: number,
): Promise<{ readonly end: number; readonly bytes: number; readonly segments: readonly Segment[] }> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const buffer = Buffer.allocUnsafe(BufferBytes);
  const segments: Segment[] = [];
  let [at, end] = [0, start];
  for (;;) {
    const length = await readFully(file, buffer, at);
    for (const run of dataRuns(buffer.subarray(0, length))) {
      await pack.write(buffer, run.from, run.to - run.from, end);
      const last = segments.at(-1);
      if (last !== undefined && last.at + last.length === at + run.from && last.packed + last.length === end) {
        segments[segments.length - 1] = { ...last, length: last.length + run.to - run.from };
      } else {
        segments.push({ at: at + run.from, length: run.to - run.from, packed: end });
      }
      end += run.to - run.from;
    }
    at += length;
    if (length < buffer.length) return { end, bytes: at, segments };
  }
}

/** Pure: the stretches of a buffer that are not whole blocks of zeros. */
export function dataRuns(buffer: Buffer): readonly { readonly from: number; readonly to: number }[] {
  const zeros = Buffer.alloc(BlockBytes);
  const runs: { from: number; to: number }[] = [];
  for (let from = 0; from < buffer.length; from += BlockBytes) {
    const to = Math.min(from + BlockBytes, buffer.length);
    if (to - from === BlockBytes && buffer.compare(zeros, 0, BlockBytes, from, to) === 0) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.to === from) last.to = to;
    else runs.push({ from, to });
  }
  return runs;
}
