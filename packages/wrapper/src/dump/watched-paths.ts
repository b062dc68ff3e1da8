import { lstatSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** Trees that hold no file an application could be told of at a restore. */
const Skipped = new Set(["/proc", "/sys", "/dev"]);

/**
 * Finds by one walk of the file system where inodes that are watched by inotify lie: CRIU knows a watch by its inode alone and needs a place
 * to search (`--irmap-scan-path`). Stops as soon as all are found. On an overlay the device of an inode says nothing, so its number decides.
 *
 * @returns the folders to search, fewest first; what was not found is left out, and CRIU then says so
 */
export function foldersOfInodes(inodes: readonly bigint[], root = "/"): readonly string[] {
  const wanted = new Set(inodes);
  const folders = new Set<string>();
  const pending = [root];
  for (let folder = pending.pop(); folder !== undefined && wanted.size > 0; folder = pending.pop()) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (Skipped.has(path)) continue;
      const inode = inodeOf(path);
      if (inode !== undefined && wanted.delete(inode)) folders.add(entry.isDirectory() ? path : dirname(path));
      if (entry.isDirectory()) pending.push(path);
    }
  }
  return [...folders];
}

function entriesOf(folder: string): readonly { readonly name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function inodeOf(path: string): bigint | undefined {
  try {
    return lstatSync(path, { bigint: true }).ino;
  } catch {
    return undefined;
  }
}
