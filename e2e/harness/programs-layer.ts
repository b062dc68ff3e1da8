import { createHash } from "node:crypto";
import { chmod, cp, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cached } from "./cache.ts";

const source = fileURLToPath(new URL("../programs", import.meta.url));

let layer: Promise<string> | undefined;

/** A layer with `e2e/programs` at /programs; its key is its content, so that an edit is seen at the next run. */
export function programsLayer(): Promise<string> {
  layer ??= makeLayer();
  return layer;
}

async function makeLayer(): Promise<string> {
  const digest = await digestOf(source);
  return cached("rootfs", `programs-${digest}`, async (directory) => {
    await cp(source, join(directory, "programs"), { recursive: true });
    await mkdir(join(directory, "data"));
    for (const name of await readdir(join(directory, "programs")))
      await chmod(join(directory, "programs", name), 0o755);
    await chmod(directory, 0o755);
  });
}

/** Twelve hexadecimal digits over the names and contents of a folder's files. */
async function digestOf(directory: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) hash.update(`${path.slice(directory.length)}\0`).update(await readFile(path));
  return hash.digest("hex").slice(0, 12);
}
