import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A package that is published to npm. */
export interface PublishedPackage {
  readonly name: string;
  /** Absolute path of its folder. */
  readonly directory: string;
}

/** The packages of the workspace that are not private. */
export async function publishedPackages(root: string): Promise<readonly PublishedPackage[]> {
  const folders = await readdir(join(root, "packages"));
  const found: PublishedPackage[] = [];
  for (const folder of folders.sort()) {
    const directory = join(root, "packages", folder);
    const text = await readFile(join(directory, "package.json"), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const manifest: { readonly name: string; readonly private?: boolean } = JSON.parse(text);
    if (manifest.private !== true) found.push({ name: manifest.name, directory });
  }
  return found;
}
