import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { readFully } from "./durable.ts";
import { StoreError } from "./error.ts";

/** `xxh3` finds accidents and costs nothing beside CRIU; `sha256` also finds attackers and is about as slow as CRIU itself. */
export type DigestAlgorithm = "xxh3" | "sha256";

/** A digest for each chunk, so that chunks can be checked in parallel and a buffer is never larger than one. */
export const ChunkBytes: number = 4 * 1024 * 1024;

/** Size and digests of one file. */
export interface FileDigest {
  readonly bytes: number;
  /** Hexadecimal, one for each {@link ChunkBytes}. */
  readonly chunks: readonly string[];
}

/** Digests one chunk. */
export type ChunkHasher = (chunk: Uint8Array) => string | Promise<string>;

/** The part of Bun's runtime that is used here. */
interface BunRuntime {
  readonly hash: { readonly xxHash3: (data: Uint8Array, seed: bigint) => bigint };
}

/** Bun has XXH3 of its own, six times as fast as WebAssembly; Node.js has none. */
export async function chunkHasher(algorithm: DigestAlgorithm): Promise<ChunkHasher> {
  if (algorithm === "sha256") return (chunk) => createHash("sha256").update(chunk).digest("hex");
  const { Bun }: { Bun?: BunRuntime } = globalThis as { Bun?: BunRuntime };
  if (Bun !== undefined) return (chunk) => Bun.hash.xxHash3(chunk, 0n).toString(16).padStart(16, "0");
  const { createXXHash3 } = await import("hash-wasm");
  const hasher = await createXXHash3(0, 0);
  return (chunk) => hasher.init().update(chunk).digest("hex");
}

/** Reads a plain file and digests it. @throws StoreError when it is a link or no plain file */
export async function digestFile(path: string, hasher: ChunkHasher, signal?: AbortSignal): Promise<FileDigest> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (!(await handle.stat()).isFile()) throw new StoreError("ERR_STORE_MANIFEST", `${path} is not a plain file`);
  const buffer = Buffer.allocUnsafe(ChunkBytes);
  const chunks: string[] = [];
  let bytes = 0;
  for (;;) {
    signal?.throwIfAborted();
    const length = await readFully(handle, buffer, bytes);
    if (length === 0) break;
    chunks.push(await hasher(buffer.subarray(0, length)));
    bytes += length;
    if (length < buffer.length) break;
  }
  return { bytes, chunks };
}
