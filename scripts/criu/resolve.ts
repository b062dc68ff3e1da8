import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type AptRoot, openAptRoot } from "./apt.ts";
import { loadedFiles, unpack } from "./assemble.ts";
import type { CriuSource } from "./lock.ts";
import type { Architecture } from "./machine.ts";

/** CRIU 4.1 cannot dump a process that has a socket on Linux 6.16 and later (checkpoint-restore/criu#2705). */
const oldestCriu: readonly [number, number] = [4, 2];

/** Releases in the order in which they are asked; the first settles before the last. */
const suites: readonly string[] = ["forky", "sid", "trixie"];

/** Packages found, with the folder that holds their `.deb` files. */
export interface Resolved {
  readonly source: CriuSource;
  readonly debs: string;
}

/** Where to look. */
export interface ResolveOptions {
  readonly architecture: Architecture;
  /** An empty folder of ours for apt's state and the packages. */
  readonly directory: string;
  readonly archive?: string | undefined;
}

/** Downloads exactly the locked packages from any release that still has them all; `undefined` when none has. */
export async function downloadLocked(source: CriuSource, options: ResolveOptions): Promise<Resolved | undefined> {
  for (const suite of [source.suite, ...suites.filter((other) => other !== source.suite)]) {
    const apt = await openSuite(suite, options);
    if (!(await apt.has(source.packages))) continue;
    const debs = join(options.directory, "locked");
    await mkdir(debs, { recursive: true });
    await apt.download(source.packages, debs);
    return { source, debs };
  }
  return undefined;
}

/**
 * Finds the newest CRIU that is new enough, in the first release that has one, with the packages that it really
 * loads: apt knows which packages it depends on, the program's own file which libraries it opens.
 *
 * @throws Error when no release has one.
 */
export async function downloadNewest(options: ResolveOptions): Promise<Resolved> {
  for (const suite of suites) {
    const apt = await openSuite(suite, options);
    const criu = await apt.newest("criu");
    if (criu === undefined || !isNewEnough(criu)) continue;
    const all = await apt.closure("criu");
    const debs = join(options.directory, "newest");
    await mkdir(debs, { recursive: true });
    await apt.download(all, debs);
    const unpacked = await unpack(debs, all, join(options.directory, "unpacked-all"));
    const program = join(unpacked.directory, "criu/usr/sbin/criu");
    const files = await loadedFiles(unpacked, program, options.architecture);
    const used = new Set(["criu", ...files.map((file) => file.package.name)]);
    const packages = all.filter(({ name }) => used.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
    return { source: { suite, criu, packages }, debs };
  }
  throw new Error(`none of ${suites.join(", ")} has CRIU ${oldestCriu.join(".")} or newer`);
}

async function openSuite(suite: string, options: ResolveOptions): Promise<AptRoot> {
  return openAptRoot({ ...options, suite, directory: join(options.directory, `apt-${suite}`) });
}

/** Compares Debian's version, such as `4.2.1-1`, with {@link oldestCriu}. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(/[.-]/).map(Number);
  return major > oldestCriu[0] || (major === oldestCriu[0] && minor >= oldestCriu[1]);
}
