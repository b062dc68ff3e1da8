import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { StoreError } from "../error.ts";

/** Guards the way to a path: no directory above it may be a symbolic link. */
export interface Folders {
  /** @throws StoreError `ERR_STORE_PUT_BACK` */
  checkAbove(path: string): void;
}

/**
 * Paths were resolved when they were carried, so that a link above one means that this container's image is another one, or that somebody wants
 * crik to write where it should not. Directories that are in order are remembered: the application does not run yet, and
 * what runs in the container beside crik, such as a probe, may write there by itself.
 */
export function createFolders(root: string): Folders {
  const good = new Set<string>([root, "/"]);

  function check(folder: string, path: string): void {
    if (good.has(folder)) return;
    check(dirname(folder), path);
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat?.isDirectory() !== true) {
      const what =
        stat === undefined ? "is missing" : stat.isSymbolicLink() ? "is a symbolic link here" : "is no directory here";
      throw new StoreError("ERR_STORE_PUT_BACK", `${path} cannot be put back: ${folder} ${what}`, {
        hint: "restore in the container image that the checkpoint was made in",
      });
    }
    good.add(folder);
  }

  return { checkAbove: (path) => check(dirname(path), path) };
}
