/** Makes a FIFO with these permissions: neither runtime has a call for it. Its owner and its sticky bit are given to it afterwards. */
export type MakeFifo = (path: string, mode: number) => Promise<void>;

/** By the `mkfifo` of the PATH, which images made from scratch lack. */
export async function systemMakeFifo(path: string, mode: number): Promise<void> {
  const [{ execFile }, { promisify }] = await Promise.all([import("node:child_process"), import("node:util")]);
  await promisify(execFile)("mkfifo", ["-m", (mode & 0o777).toString(8), "--", path]);
}
