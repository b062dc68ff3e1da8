import type { FileHandle } from "node:fs/promises";
import { ChunkBytes, type ChunkHasher } from "../chunk-hasher.ts";
import type { FileDigest } from "../digest-file.ts";
import { writeFully } from "../durable.ts";

/** Fills a pack, and digests it on the way: nothing has to be read again. */
export interface PackWriter {
  /** Bytes in the pack so far. */
  readonly position: number;
  /** Where the next bytes go: never empty. Fill its beginning, then say how much with {@link PackWriter.filled}. */
  room(): Buffer;
  /** True when the chunk is full: {@link PackWriter.flush} then. */
  filled(bytes: number): boolean;
  flush(): Promise<void>;
  /** Writes the rest. The file is the caller's to sync. */
  finish(): Promise<FileDigest>;
}

/** One buffer of one chunk: files are read right into it. */
export function createPackWriter(handle: FileHandle, hash: ChunkHasher): PackWriter {
  const buffer = Buffer.allocUnsafe(ChunkBytes);
  const chunks: string[] = [];
  let flushed = 0;
  let used = 0;

  async function flush(): Promise<void> {
    const chunk = buffer.subarray(0, used);
    chunks.push(hash(chunk));
    await writeFully(handle, chunk, flushed);
    flushed += used;
    used = 0;
  }

  return {
    get position() {
      return flushed + used;
    },
    room: () => buffer.subarray(used),
    filled: (bytes) => {
      used += bytes;
      return used === buffer.length;
    },
    flush,
    finish: async () => {
      if (used > 0) await flush();
      return { bytes: flushed, chunks };
    },
  };
}
