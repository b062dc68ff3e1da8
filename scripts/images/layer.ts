import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { run } from "../criu/command.ts";
import type { Copy } from "./dockerfile.ts";
import type { Layer } from "./oci.ts";

/**
 * Makes the layer of one `COPY`. As docker has it, a folder's content is copied and not the folder, and everything belongs to root. Modes are 755 for folders and
 * programs and 644 for the rest, whatever umask the files were made under.
 *
 * @param context - the folder that sources are in
 * @param directory - where the layer goes
 */
export async function layerOfCopy(copy: Copy, context: string, directory: string): Promise<Layer> {
  const stage = await mkdtemp(join(directory, "stage-"));
  try {
    for (const source of await expandSources(copy.sources, context)) {
      const path = join(context, source);
      const folder = (await stat(path)).isDirectory();
      const target = join(stage, copy.to, !folder && copy.to.endsWith("/") ? basename(source) : "");
      await mkdir(folder ? target : dirname(target), { recursive: true });
      await cp(path, target, { recursive: true, verbatimSymlinks: true });
    }
    return await layerOfFolder(stage, directory, ["--mode=u=rwX,go=rX"]);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** `*` in the last part of a path, as in `dist/*.js`. */
async function expandSources(sources: readonly string[], context: string): Promise<readonly string[]> {
  const expanded: string[] = [];
  for (const source of sources) {
    if (!source.includes("*")) {
      expanded.push(source);
      continue;
    }
    const folder = dirname(source);
    const [before = "", after = ""] = basename(source).split("*");
    const names = await readdir(join(context, folder));
    const found = names.filter((name) => name.startsWith(before) && name.endsWith(after) && !name.startsWith("."));
    if (found.length === 0) throw new Error(`nothing is named ${source}`);
    expanded.push(...found.sort().map((name) => join(folder, name)));
  }
  return expanded;
}

/** Makes a layer of everything in a folder: always the same bytes of the same files. */
export async function layerOfFolder(
  folder: string,
  directory: string,
  options: readonly string[] = [],
): Promise<Layer> {
  const aside = await mkdtemp(join(directory, "layer-"));
  try {
    const tar = join(aside, "layer.tar");
    const names = (await readdir(folder)).sort();
    await run([
      "tar",
      "--create",
      `--file=${tar}`,
      `--directory=${folder}`,
      "--format=gnu",
      "--sort=name",
      "--mtime=@0",
      "--owner=0",
      "--group=0",
      "--numeric-owner",
      "--hard-dereference",
      ...options,
      "--",
      ...names,
    ]);
    const digest = await digestOf(tar);
    const path = join(directory, `${digest.slice("sha256:".length)}.tar`);
    await rename(tar, path);
    return { digest, bytes: (await stat(path)).size, path };
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}
