import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A package that is published to npm. */
export interface PublishedPackage {
  readonly name: string;
  /** Absolute path of its folder. */
  readonly directory: string;
  /** Other packages that a user of it installs beside it, as npm takes them: `express@^5.0.0`. */
  readonly peers: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The packages of the workspace that are not private. */
export async function publishedPackages(root: string): Promise<readonly PublishedPackage[]> {
  const folders = await readdir(join(root, "packages"));
  const found: PublishedPackage[] = [];
  for (const folder of folders.sort()) {
    const directory = join(root, "packages", folder);
    const text = await readFile(join(directory, "package.json"), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const manifest: Manifest = JSON.parse(text);
    const peers = Object.entries(manifest.peerDependencies ?? {}).map(([name, range]) => `${name}@${range}`);
    if (manifest.private !== true) found.push({ name: manifest.name, directory, peers });
  }
  return found;
}
