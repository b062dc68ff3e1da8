import { readFile, writeFile } from "node:fs/promises";
import type { LockedPackage } from "../criu/lock.ts";
import type { Architecture } from "../criu/machine.ts";

/** The packages whose libraries Node.js loads, all from one Debian release. */
export interface LibrarySource {
  /** Debian release, such as `trixie`. */
  readonly suite: string;
  readonly packages: readonly LockedPackage[];
}

/** `node.lock.json`: one source for each architecture. */
export interface LibraryLock {
  readonly format: 1;
  readonly sources: Partial<Record<Architecture, LibrarySource>>;
}

const lockFile = new URL("node.lock.json", import.meta.url);

/** Reads `node.lock.json`. */
export async function readLibraryLock(): Promise<LibraryLock> {
  return JSON.parse(await readFile(lockFile, "utf8"));
}

/** Writes the source of one architecture into `node.lock.json`; the others stay. */
export async function writeLibraryLock(architecture: Architecture, source: LibrarySource): Promise<void> {
  const { sources } = await readLibraryLock();
  const lock: LibraryLock = { format: 1, sources: { ...sources, [architecture]: source } };
  await writeFile(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
}
