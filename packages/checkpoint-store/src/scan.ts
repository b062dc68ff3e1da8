import { type BigIntStats, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** One path that has changed. */
export interface ChangedFile {
  readonly path: string;
  /** What its data takes; 0 for anything but a plain file. */
  readonly bytes: number;
}

/**
 * Everything below the roots whose ctime is later than a mark: what a container has changed in its writable layer. On an overlay st_dev says nothing and mtime
 * misses renames, copies and links, while ctime found every change of seventeen kinds and nothing else. Stays on the file system of each root.
 */
export function findChangedFiles(options: {
  readonly roots: readonly string[];
  readonly sinceNs: bigint;
  readonly isExcluded: (path: string) => boolean;
  readonly signal?: AbortSignal | undefined;
}): readonly ChangedFile[] {
  const { sinceNs, isExcluded, signal } = options;
  const found: ChangedFile[] = [];
  for (const root of options.roots) {
    const device = statOf(root)?.dev;
    if (device === undefined) continue;
    const pending = [root];
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      signal?.throwIfAborted();
      for (const name of namesIn(folder)) {
        const path = join(folder, name);
        if (isExcluded(path)) continue;
        const stat = statOf(path);
        if (stat === undefined || (stat.isDirectory() && stat.dev !== device)) continue;
        if (stat.ctimeNs > sinceNs) found.push({ path, bytes: stat.isFile() ? Number(stat.blocks) * 512 : 0 });
        if (stat.isDirectory()) pending.push(path);
      }
    }
  }
  return found;
}

function statOf(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
