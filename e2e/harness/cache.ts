import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Everything that the tests fetch or build once is below this folder; removing it is always safe between runs. */
export const cacheDirectory: string = join(homedir(), ".cache/crik");

/**
 * Gives a folder of the cache, made at the first call. Two callers at once, in one process or in two, are safe: each
 * makes its own aside, one rename wins, and a folder that a crash left half made never has the final name.
 *
 * @param kind - what it is, such as `rootfs`
 * @param key - names the content: another content needs another key
 * @param make - fills an empty folder
 */
export async function cached(kind: string, key: string, make: (directory: string) => Promise<void>): Promise<string> {
  const final = join(cacheDirectory, kind, key);
  if (await exists(final)) return final;
  await mkdir(dirname(final), { recursive: true });
  const aside = await mkdtemp(`${final}.making-`);
  try {
    await make(aside);
    await rename(aside, final).catch(async (error: unknown) => {
      if (!(await exists(final))) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return final;
}

/** Whether there is anything under this path. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
