import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ChunkHasher } from "../chunk-hasher.ts";
import type { FileDigest } from "../digest-file.ts";
import { StoreError } from "../error.ts";
import { slices } from "../slices.ts";
import { readError, storeError } from "../system-error.ts";
import { type CarryRequest, type CollectOptions, collect, type Found } from "./collect.ts";
import { type CarriedEntry, checkIndex, IndexLimitBytes, IndexName, PackName } from "./entry.ts";
import { HolesLimitBytes } from "./holes.ts";
import { packFile } from "./pack-file.ts";
import { createPackWriter, type PackWriter } from "./pack-writer.ts";

/** How files are carried. */
export interface CarryOptions extends CollectOptions {
  /** Most bytes of content. @defaultValue no limit */
  readonly limitBytes?: number | undefined;
}

/** What was carried, in short. */
export interface CarriedFiles {
  readonly entries: number;
  /** Content, without holes. */
  readonly bytes: number;
  /** Left out, and why, for people: sockets, which CRIU makes again, devices, and mounts within a directory. */
  readonly skipped: readonly string[];
}

/** Also what the manifest needs. */
export interface PackedFiles extends CarriedFiles {
  readonly files: Readonly<Record<string, FileDigest>>;
}

/**
 * Copies files into one pack with one index: they cost one fsync each, and no name of theirs becomes a name in the image directory. Both are
 * written anew; neither is synced yet.
 *
 * @throws StoreError `ERR_STORE_TOO_LARGE` before anything was read; `ERR_STORE_UNSUPPORTED_FILE`, `ERR_STORE_FULL`, `ERR_STORE_IO`,
 * `ERR_STORE_ABORTED`. Nothing is left behind.
 */
export async function packFiles(
  directory: string,
  requests: readonly CarryRequest[],
  options: CarryOptions & { readonly hash: ChunkHasher },
): Promise<PackedFiles> {
  const { found, skipped } = await collect(requests, options);
  checkSize(found, options.limitBytes ?? Number.POSITIVE_INFINITY);
  try {
    await using handle = await open(join(directory, PackName), "w", 0o600);
    const pack = createPackWriter(handle, options.hash);
    const entries = await packAll(found, pack, options.signal);
    const packed = await pack.finish();
    checkIndex(entries, packed.bytes);
    const index = Buffer.from(`[${entries.map((entry) => JSON.stringify(entry)).join(",\n")}]\n`);
    if (index.length > IndexLimitBytes) {
      throw new StoreError(
        "ERR_STORE_TOO_LARGE",
        `${entries.length} files are more than the index of a checkpoint holds`,
        {
          hint: "add to carry.exclude what the application can do without",
        },
      );
    }
    await using indexHandle = await open(join(directory, IndexName), "w", 0o600);
    const indexWriter = createPackWriter(indexHandle, options.hash);
    for (let at = 0; at < index.length; ) {
      const copied = index.copy(indexWriter.room(), 0, at);
      at += copied;
      if (indexWriter.filled(copied)) await indexWriter.flush();
    }
    const files = { [IndexName]: await indexWriter.finish(), [PackName]: packed };
    return { entries: entries.length, bytes: packed.bytes, skipped, files };
  } catch (error) {
    await Promise.allSettled([
      rm(join(directory, PackName), { force: true }),
      rm(join(directory, IndexName), { force: true }),
    ]);
    throw storeError(error, "copying the files that the checkpoint carries along");
  }
}

async function packAll(
  found: readonly Found[],
  pack: PackWriter,
  signal: AbortSignal | undefined,
): Promise<readonly CarriedEntry[]> {
  const slice = slices(signal, "carrying files");
  const names = new Map<string, string>();
  const entries: CarriedEntry[] = [];
  for (const one of found) {
    if (slice.due()) await slice.turn();
    const { entry, identity, links } = one;
    if (entry.kind !== "file") {
      entries.push(entry);
      continue;
    }
    const linkTo = links > 1 ? names.get(identity) : undefined;
    if (linkTo !== undefined) {
      entries.push({ ...entry, linkTo });
      continue;
    }
    const packed = await packFile(one, pack, signal).catch((error: unknown) => {
      throw readError(error, `carrying ${entry.path}`);
    });
    if (packed === undefined) continue;
    const { found: now, segments } = packed;
    if (segments === undefined) {
      entries.push(now.entry);
      continue;
    }
    if (now.links > 1) names.set(now.identity, entry.path);
    entries.push({ ...now.entry, bytes: now.bytes, segments });
  }
  return entries;
}

/** Judged by what the files were when they were looked at, before the first one is read. Files with several names count once. */
function checkSize(found: readonly Found[], limitBytes: number): void {
  const unique = new Map(found.map((one) => [one.identity, one]));
  let total = 0;
  for (const { entry, bytes, diskBytes } of unique.values()) {
    total += Math.min(bytes, diskBytes);
    if (bytes - diskBytes > HolesLimitBytes) {
      throw new StoreError(
        "ERR_STORE_TOO_LARGE",
        `${entry.path} has ${bytes - diskBytes} bytes of holes, too many to be searched through`,
        {
          hint: "add it to carry.exclude",
        },
      );
    }
  }
  if (total > limitBytes) {
    const [largest] = [...unique.values()].sort((one, other) => other.diskBytes - one.diskBytes);
    throw new StoreError(
      "ERR_STORE_TOO_LARGE",
      `the files to be carried have ${total} bytes, more than the ${limitBytes} allowed; the largest is ${largest?.entry.path}`,
      { hint: "raise carry.limit, or add to carry.exclude what the application can do without" },
    );
  }
}
