import { mkdir, rm } from "node:fs/promises";
import { packFiles } from "./pack.ts";
import { type MakeFifo, unpackFiles } from "./unpack.ts";

/** Paths that were taken away for a while. */
export interface SetAside {
  /** Puts everything back as it was. Once only. */
  restore(): Promise<void>;
  /** Gives the copies up. */
  forget(): Promise<void>;
}

/**
 * Takes paths away, with everything below them, and keeps copies. They are really removed, not renamed: a watch of inotify's ends only with its inode.
 *
 * @param folder - for the copies; must not exist. When the process dies before {@link SetAside.restore}, they are there.
 */
export async function setAside(
  paths: readonly string[],
  options: { readonly folder: string; readonly makeFifo: MakeFifo },
): Promise<SetAside> {
  const { folder, makeFifo } = options;
  const forget = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const restore = async (): Promise<void> => {
    await unpackFiles(folder, { makeFifo });
    await forget();
  };
  await mkdir(folder, { recursive: true });
  // Everything is copied before anything is removed.
  await packFiles(
    folder,
    paths.map((path) => ({ path, recursive: true })),
    { isExcluded: () => false },
  );
  try {
    for (const path of paths) await rm(path, { recursive: true, force: true });
  } catch (error) {
    await restore();
    throw error;
  }
  return { restore, forget };
}
