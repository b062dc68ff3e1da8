import type { Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { IndexName, PackName } from "../carry/entry.ts";
import { chunkHasher } from "../chunk-hasher.ts";
import { digestFile } from "../digest-file.ts";
import { readUntrusted } from "../durable.ts";
import { StoreError } from "../error.ts";
import { codeOf, readError, throwIfAborted } from "../system-error.ts";
import { ImagesName, type Manifest, ManifestName } from "./manifest.ts";
import { ManifestLimitBytes, readManifest } from "./read.ts";

/** Reads the manifest of a generation. @throws StoreError `ERR_STORE_MANIFEST`, `ERR_STORE_FORMAT`, or what reading failed with */
export async function manifestOf(directory: string, number: number): Promise<Manifest> {
  const manifest = readManifest(
    (await readUntrusted(join(directory, ManifestName), ManifestLimitBytes)).toString("utf8"),
  );
  if (manifest.number !== number) {
    throw new StoreError(
      "ERR_STORE_MANIFEST",
      `the manifest is of generation ${manifest.number}, and not of ${number}`,
    );
  }
  return manifest;
}

/**
 * Looks whether every file is there with its size, and nothing else among the images: CRIU spins for ever on a short file, and takes images by
 * their names, whoever put them there.
 *
 * @throws StoreError `ERR_STORE_SIZE`, `ERR_STORE_MANIFEST`
 */
export async function checkSizes(directory: string, manifest: Manifest): Promise<void> {
  const listed = new Set(Object.keys(manifest.files));
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    const stat = await lookAt(join(directory, name));
    if (stat === undefined) throw new StoreError("ERR_STORE_SIZE", `${name} is missing`);
    if (!stat.isFile()) throw new StoreError("ERR_STORE_MANIFEST", `${name} is not a plain file`);
    if (stat.size !== bytes)
      throw new StoreError("ERR_STORE_SIZE", `${name} has ${stat.size} bytes instead of ${bytes}`);
  }
  const images = join(directory, ImagesName);
  const folder = await lookAt(images);
  if (folder?.isDirectory() !== true) throw new StoreError("ERR_STORE_MANIFEST", `${ImagesName} is not a directory`);
  for (const name of await readdir(images)) {
    if (!listed.has(`${ImagesName}/${name}`)) {
      throw new StoreError("ERR_STORE_MANIFEST", `${ImagesName}/${name} is not in the manifest`);
    }
  }
  for (const name of [PackName, IndexName]) {
    if (!listed.has(name) && (await lookAt(join(directory, name))) !== undefined) {
      throw new StoreError("ERR_STORE_MANIFEST", `${name} is not in the manifest`);
    }
  }
}

/** Recomputes the digests of the named files, or of all. @throws StoreError `ERR_STORE_DIGEST` naming the file, `ERR_STORE_ABORTED` */
export async function checkDigests(
  directory: string,
  manifest: Manifest,
  options: { readonly names?: readonly string[] | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const hash = await chunkHasher(manifest.digest);
  for (const name of options.names ?? Object.keys(manifest.files)) {
    throwIfAborted(options.signal, "the verification");
    const expected = manifest.files[name];
    const found = await digestFile(join(directory, name), hash, { signal: options.signal }).catch((error: unknown) => {
      throw readError(error, `reading ${name}`);
    });
    const wrong = found.chunks.findIndex((chunk, index) => chunk !== expected?.chunks[index]);
    if (found.bytes !== expected?.bytes || wrong >= 0) {
      throw new StoreError(
        "ERR_STORE_DIGEST",
        `${name} of generation ${manifest.number} is not what was written: it is damaged`,
        {
          hint: "it must not be restored; look at the volume's health",
        },
      );
    }
  }
}

async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw readError(error, `looking at ${path}`);
  }
}
