import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's own folder. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Made by tools, not written by us. */
const Made: ReadonlySet<string> = new Set(["node_modules", "dist", ".git", ".turbo", "coverage"]);

/** Every file below a folder of the repository whose name ends in `ending`, as paths from the root, in order. */
export function filesEndingIn(ending: string, folder = "."): readonly string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !Made.has(entry.name)) found.push(...filesEndingIn(ending, path));
    if (entry.isFile() && entry.name.endsWith(ending)) found.push(relative(".", path));
  }
  return found.sort();
}

/** Content of a file, by its path from the root. */
export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** What these checks need of a `package.json`. */
export interface PackageJson {
  readonly name: string;
  /** Folder below `packages/`. */
  readonly folder: string;
  readonly dependencies: readonly string[];
}

/** The packages that are published. */
export function packages(): readonly PackageJson[] {
  return readdirSync(join(root, "packages")).map((folder) => {
    const json: unknown = JSON.parse(read(`packages/${folder}/package.json`));
    const { name } = json as { readonly name: string };
    const { dependencies = {} } = json as { readonly dependencies?: Readonly<Record<string, string>> };
    return { name, folder, dependencies: Object.keys(dependencies) };
  });
}
