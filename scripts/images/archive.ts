import { link, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../criu/command.ts";
import { blobPath, type ImageLayout, type Layer } from "./oci.ts";

/**
 * Writes an image as one file that `ctr images import` and `docker load` take: made aside and renamed, so that nobody imports a half one.
 *
 * @param directory - for what is needed meanwhile; on the file system of the layers
 */
export async function writeArchive(
  layout: ImageLayout,
  layers: readonly Layer[],
  file: string,
  directory: string,
): Promise<void> {
  const aside = await mkdtemp(join(directory, "archive-"));
  try {
    const root = join(aside, "root");
    await mkdir(join(root, "blobs/sha256"), { recursive: true });
    for (const [path, text] of layout.files) await writeFile(join(root, path), text);
    // Two layers may be the same.
    for (const { digest, path } of new Map(layers.map((layer) => [layer.digest, layer])).values()) {
      await link(path, join(root, blobPath(digest)));
    }
    const tar = join(aside, "image.tar");
    const same = ["--format=gnu", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"] as const;
    await run([
      "tar",
      "--create",
      `--file=${tar}`,
      `--directory=${root}`,
      ...same,
      "--mode=u=rwX,go=rX",
      "oci-layout",
      "index.json",
      "manifest.json",
      "blobs",
    ]);
    await mkdir(dirname(file), { recursive: true });
    await rename(tar, file);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
