/** Makes a FIFO with exactly this mode: neither runtime has a call for it. */
export type MakeFifo = (path: string, mode: number) => Promise<void>;

/** By the `mkfifo` of the PATH, which images made from scratch lack. */
export async function systemMakeFifo(path: string, mode: number): Promise<void> {
  const [{ execFile }, { promisify }] = await Promise.all([import("node:child_process"), import("node:util")]);
  await promisify(execFile)("mkfifo", ["-m", mode.toString(8), "--", path]);
}
