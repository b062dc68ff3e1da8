import { type BigIntStats, type Dirent, lstatSync, readdirSync } from "node:fs";
import { excluder } from "./carry/exclude.ts";
import { ownMountPoints } from "./mounts.ts";
import { slices } from "./slices.ts";
import { codeOf } from "./system-error.ts";

/** One path that has changed. */
export interface ChangedFile {
  readonly path: string;
  /** What its data takes on the disk, without holes; 0 for anything but a plain file. */
  readonly bytes: number;
}

/** What {@link findChangedFiles} looks at. */
export interface FindChangedFilesOptions {
  /** Absolute directories; their own metadata is not looked at. One that is missing is no error. */
  readonly roots: readonly string[];
  /** Nanoseconds since 1970: ctime of something that was made when the container started. */
  readonly sinceNs: bigint;
  /** Left out, with everything below. */
  readonly exclude?: readonly string[] | undefined;
  readonly isExcluded?: ((path: string) => boolean) | undefined;
  /** @defaultValue those of `/proc/self/mountinfo` */
  readonly mountPoints?: ReadonlySet<string> | undefined;
  /** Told of each folder that may not be looked into, as by root without its capabilities: what has changed in it is not found. @defaultValue nobody is told */
  readonly onUnreadable?: ((folder: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Everything below the roots whose ctime is not earlier than a mark: what a container has changed in its writable layer. On an overlay st_dev says
 * nothing and mtime misses renames, copies and links, while ctime found 17 of 17 changes and nothing else (a copy-up, a rename, a link, chmod,
 * `touch -d`, `cp -p`).
 *
 * A file that was changed in the same tick of the file system's clock as the mark (4 ms, or 10) counts as changed: what was there before would be
 * carried for nothing, and what was not would be lost.
 *
 * Stays on the file system of each root, and leaves out mount points within it, also of single files. Files that come and go meanwhile
 * are no error. Works in slices of 8 ms.
 *
 * @throws StoreError `ERR_STORE_ABORTED`
 */
export async function findChangedFiles(options: FindChangedFilesOptions): Promise<readonly ChangedFile[]> {
  const { roots, sinceNs, signal } = options;
  const isExcluded = excluder(options);
  const mounts = options.mountPoints ?? ownMountPoints();
  const slice = slices(signal, "the search for changed files");
  const found: ChangedFile[] = [];
  for (const root of roots) {
    const device = statOf(root)?.dev;
    if (device === undefined) continue;
    const pending = [root];
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      for (const entry of entriesOf(folder, options.onUnreadable)) {
        const path = folder === "/" ? `/${entry.name}` : `${folder}/${entry.name}`;
        if (mounts.has(path) || isExcluded(path)) continue;
        if (slice.due()) await slice.turn();
        const stat = statOf(path);
        // A name that is not UTF-8 cannot be looked at. Carrying it says so.
        if (stat === undefined ? entry.name.includes("\ufffd") : stat.ctimeNs >= sinceNs)
          found.push({ path, bytes: bytesOf(stat) });
        if (stat?.isDirectory() === true && stat.dev === device) pending.push(path);
      }
    }
  }
  return found;
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function bytesOf(stat: BigIntStats | undefined): number {
  return stat?.isFile() === true ? Math.min(Number(stat.size), Number(stat.blocks) * 512) : 0;
}

function entriesOf(folder: string, onUnreadable: FindChangedFilesOptions["onUnreadable"]): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === "EACCES" || codeOf(error) === "EPERM") onUnreadable?.(folder);
    return [];
  }
}
