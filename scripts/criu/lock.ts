import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import type { Architecture } from "./machine.ts";

/** One Debian package, named so that its content cannot change. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Hexadecimal SHA-256 of the `.deb` file. */
  readonly sha256: string;
}

/** CRIU and the libraries that it loads, all from one Debian release, so that they were built for each other. */
export interface CriuSource {
  /** Debian release, such as `forky`. */
  readonly suite: string;
  /** Debian's version of the `criu` package, such as `4.2.1-1`. */
  readonly criu: string;
  readonly packages: readonly LockedPackage[];
}

/** The lock file: one source for each architecture. */
export interface CriuLock {
  readonly format: 1;
  readonly sources: Partial<Record<Architecture, CriuSource>>;
}

const lockFile = new URL("criu.lock.json", import.meta.url);

/** Reads `criu.lock.json`; an absent file is an empty lock. */
export async function readLock(): Promise<CriuLock> {
  try {
    return JSON.parse(await readFile(lockFile, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { format: 1, sources: {} };
    throw error;
  }
}

/** Writes the source of one architecture into `criu.lock.json`; the others stay. */
export async function writeLock(architecture: Architecture, source: CriuSource): Promise<void> {
  const lock = await readLock();
  const sources = { ...lock.sources, [architecture]: source };
  await writeFile(lockFile, `${JSON.stringify({ format: 1, sources }, null, 2)}\n`);
}

/** Grows when the same packages are laid out differently, so that nobody uses a folder of the old kind. */
const layout = 2;

/** Eight hexadecimal digits that tell two sources of the same CRIU version apart. */
export function sourceDigest(source: CriuSource): string {
  const lines = source.packages.map(({ name, version, sha256 }) => `${name} ${version} ${sha256}`).sort();
  return createHash("sha256")
    .update([layout, ...lines].join("\n"))
    .digest("hex")
    .slice(0, 8);
}
