import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ChunkBytes, type ChunkHasher } from "./chunk-hasher.ts";
import type { StoreClock } from "./clock.ts";
import { readFully } from "./durable.ts";

/** How often the images are looked at while CRIU writes them, in milliseconds. */
const LookMs = 20;
/** Written back to the disk in portions of this, while CRIU goes on writing. */
const WriteBackBytes = 64 * 1024 * 1024;
/** The only images that are digested ahead: CRIU appends to them and never goes back. In others it writes a header again at the end. */
const AppendOnly = /^pages-\d+\.img$/;

/** What is known of a file that is still being written. */
export interface FollowedFile {
  /** Which file it was, whatever its name is later: `device:inode`. */
  readonly identity: string;
  /** Digests of its first chunks, of complete ones only. */
  readonly chunks: readonly string[];
}

/** Digests while CRIU dumps. */
export interface ImageFollower {
  /** Ends it, and tells what was digested. Never rejects: whatever failed is done again by the commit. */
  stop(): Promise<ReadonlyMap<string, FollowedFile>>;
}

interface Following {
  readonly handle: FileHandle;
  readonly identity: string;
  readonly chunks: string[];
  /** Bytes of it that were written back. */
  synced: number;
}

/** Digests the complete chunks of memory images while they grow, and starts writing them back, so that little is left for the commit. */
export function followImages(
  directory: string,
  options: { readonly hash: ChunkHasher; readonly clock: StoreClock; readonly signal?: AbortSignal | undefined },
): ImageFollower {
  const { hash, clock } = options;
  const stopping = new AbortController();
  const signal = options.signal === undefined ? stopping.signal : AbortSignal.any([options.signal, stopping.signal]);
  const files = new Map<string, Following>();
  let buffer: Buffer | undefined;
  let writingBack: Promise<void> | undefined;

  async function follow(name: string): Promise<void> {
    const path = join(directory, name);
    let file = files.get(name);
    if (file === undefined) {
      const handle = await open(path, "r");
      const { dev, ino } = await handle.stat({ bigint: true });
      file = { handle, identity: `${dev}:${ino}`, chunks: [], synced: 0 };
      files.set(name, file);
    }
    const { size } = await file.handle.stat();
    while (!signal.aborted && (file.chunks.length + 1) * ChunkBytes <= size) {
      buffer ??= Buffer.allocUnsafe(ChunkBytes);
      if ((await readFully(file.handle, buffer, file.chunks.length * ChunkBytes)) < ChunkBytes) return;
      file.chunks.push(hash(buffer));
      writeBack(file);
    }
  }

  /** One file at a time, or syncs would occupy every thread of the runtime, and the lease would not be renewed. An error shows again at the commit's own sync. */
  function writeBack(file: Following): void {
    const digested = file.chunks.length * ChunkBytes;
    if (writingBack !== undefined || digested - file.synced < WriteBackBytes) return;
    file.synced = digested;
    writingBack = file.handle
      .datasync()
      .catch(() => {})
      .finally(() => {
        writingBack = undefined;
      });
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      for (const name of await readdir(directory)) {
        if (AppendOnly.test(name)) await follow(name);
      }
      await clock.sleep(LookMs, signal);
    }
  }

  const running = run().catch(() => {});
  return {
    stop: async () => {
      stopping.abort();
      await running;
      await writingBack;
      for (const { handle } of files.values()) await handle.close().catch(() => {});
      return files;
    },
  };
}
