import { createHash } from "node:crypto";

/** `xxh3` finds accidents and costs nothing beside CRIU; `sha256` also finds somebody's changes and is about as slow as CRIU itself. */
export type DigestAlgorithm = "xxh3" | "sha256";

/** A digest for each chunk: no buffer is larger than one, and what is written already can be digested while a file grows. 4 MiB. */
export const ChunkBytes: number = 4 * 1024 * 1024;

/** Digests one chunk: lower-case hexadecimal, 16 digits of XXH3 or 64 of SHA-256. */
export type ChunkHasher = (chunk: Uint8Array) => string;

/** The part of Bun's runtime that is used here. */
interface BunRuntime {
  readonly hash: { readonly xxHash3: (data: Uint8Array) => bigint };
}

/** Bun has XXH3 of its own, several times as fast as WebAssembly; Node.js has none. Both give the same digits (a test compares them). */
export async function chunkHasher(algorithm: DigestAlgorithm): Promise<ChunkHasher> {
  if (algorithm === "sha256") return (chunk) => createHash("sha256").update(chunk).digest("hex");
  const bun = bunRuntime();
  if (bun !== undefined) return (chunk) => bun.hash.xxHash3(chunk).toString(16).padStart(16, "0");
  const { createXXHash3 } = await import("hash-wasm");
  const hasher = await createXXHash3();
  return (chunk) => hasher.init().update(chunk).digest("hex");
}

function bunRuntime(): BunRuntime | undefined {
  const runtime: typeof globalThis & { readonly Bun?: BunRuntime } = globalThis;
  return runtime.Bun;
}
