import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Mounting, and becoming somebody else, is root's. */
export const isRoot: boolean = process.getuid?.() === 0;

/** A small file system of its own, gone when the test is over. */
export function mountTmpfs(options: string): string {
  const directory = mkdtempSync(join(tmpdir(), "crik-store-mount-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "crik-test", directory]);
  onTestFinished(() => {
    execFileSync("umount", ["--lazy", directory]);
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** Does the work without root's rights to every file. Node's threads follow by `seteuid` of glibc. */
export async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  process.setegid?.(65534);
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
