import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Digests what a bundle is made from: the same digest means that the same bundle would come out. */
export async function digestInputs(root: string, facts: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(facts));
  for (const path of await inputFiles(root)) {
    const content = await readFile(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** The built packages, the versions of what they depend on, and the way bundles are made. */
async function inputFiles(root: string): Promise<readonly string[]> {
  const packages = await readdir(join(root, "packages"));
  const folders = [...packages.map((name) => `packages/${name}/dist`), "scripts/bundle", "scripts/criu"];
  const listed = await Promise.all(folders.map((folder) => listFolder(root, folder)));
  const manifests = packages.map((name) => `packages/${name}/package.json`);
  return [...listed.flat(), ...manifests, "pnpm-lock.yaml"].sort();
}

async function listFolder(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !/\.(test\.ts|d\.ts|map)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
