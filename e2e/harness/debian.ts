import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAptRoot } from "../../scripts/criu/apt.ts";
import { run } from "../../scripts/criu/command.ts";
import type { LockedPackage } from "../../scripts/criu/lock.ts";
import { parseArchitecture } from "../../scripts/criu/machine.ts";

/** Packages to take from one release of Debian. */
export interface DebianSource {
  readonly suite: string;
  /** Taken with everything that they depend on. */
  readonly packages: readonly string[];
  /** Dependencies that are not wanted. */
  readonly without?: RegExp | undefined;
}

/**
 * Unpacks Debian packages into a folder. Nothing is installed: no script of a package runs, and the host's apt and
 * dpkg keep their state.
 */
export async function unpackDebian(source: DebianSource, directory: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "crik-debian-"));
  try {
    const apt = await openAptRoot({
      directory: join(work, "apt"),
      suite: source.suite,
      architecture: parseArchitecture(process.arch),
    });
    const wanted = new Map<string, LockedPackage>();
    for (const name of source.packages) {
      for (const one of await apt.closure(name)) if (!source.without?.test(one.name)) wanted.set(one.name, one);
    }
    const debs = join(work, "debs");
    await mkdir(debs);
    await apt.download([...wanted.values()], debs);
    for (const file of await readdir(debs)) await run(["dpkg-deb", "-x", join(debs, file), directory]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
