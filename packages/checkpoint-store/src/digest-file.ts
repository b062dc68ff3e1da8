import type { FileHandle } from "node:fs/promises";
import { ChunkBytes, type ChunkHasher } from "./chunk-hasher.ts";
import { openPlain, readFully } from "./durable.ts";
import { throwIfAborted } from "./system-error.ts";

/** Size and digests of one file. */
export interface FileDigest {
  readonly bytes: number;
  /** One for each 4 MiB of the file, in order. */
  readonly chunks: readonly string[];
}

/** How {@link digestFile} works. */
export interface DigestOptions {
  /** Digests of the file's first chunks that are known already. */
  readonly known?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads a plain file and digests it; the next chunk is read while one is digested. @throws StoreError when it is a link or no plain file */
export async function digestFile(path: string, hash: ChunkHasher, options: DigestOptions = {}): Promise<FileDigest> {
  await using handle = await openPlain(path);
  return await digestHandle(handle, hash, options);
}

/** As {@link digestFile}, of an open file. */
async function digestHandle(
  handle: FileHandle,
  hash: ChunkHasher,
  { known = [], signal }: DigestOptions = {},
): Promise<FileDigest> {
  const chunks = [...known];
  let bytes = known.length * ChunkBytes;
  // Most images are small: no more is allocated than the file needs now, and the end is found by reading on.
  const { size } = await handle.stat();
  const room = Math.min(ChunkBytes, Math.max(4096, size - bytes + 1));
  let [current, next] = [Buffer.allocUnsafe(room), Buffer.allocUnsafe(size - bytes > ChunkBytes ? room : 0)];
  let length = await readFully(handle, current, bytes);
  while (length > 0) {
    throwIfAborted(signal, "the digest");
    if (length === current.length && length < ChunkBytes) {
      // It has grown since its size was read.
      current = Buffer.allocUnsafe(ChunkBytes);
      length = await readFully(handle, current, bytes);
      continue;
    }
    bytes += length;
    if (length === ChunkBytes && next.length < ChunkBytes) next = Buffer.allocUnsafe(ChunkBytes);
    const reading = length === ChunkBytes ? readFully(handle, next, bytes) : Promise.resolve(0);
    chunks.push(hash(current.subarray(0, length)));
    [current, next] = [next, current];
    length = await reading;
  }
  return { bytes, chunks };
}
