import { chmod, copyFile, cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readElfNeeds } from "../criu/elf.ts";
import type { Criu } from "../criu/ensure.ts";

/** What a bundle is put together from. */
export interface BundleParts {
  /** crik's JavaScript as one executable. */
  readonly core: string;
  readonly criu: Criu;
  /** Folder of the native programs of one architecture, as packages/init builds it. */
  readonly native: string;
}

/**
 * Lays out a bundle:
 *
 * ```
 * bin/crik                 start here: the launcher
 * lib/ld-linux-*.so.*      glibc's loader, which starts crik-core and criu
 * lib/*.so.*               the libraries of both
 * lib/crik-core            crik's JavaScript
 * libexec/criu             to be started by the loader in lib
 * libexec/crik-init …      the native programs and preload libraries, all of them in one folder
 * share/doc/<part>/        licences
 * BUNDLE.json              versions, sizes, digests
 * ```
 */
export async function layOut(parts: BundleParts, home: string): Promise<void> {
  for (const folder of ["bin", "lib", "libexec", "share/doc"]) await mkdir(join(home, folder), { recursive: true });
  await copyProgram(join(parts.native, "crik"), join(home, "bin/crik"));
  await copyProgram(parts.core, join(home, "lib/crik-core"));
  await copyProgram(join(parts.criu.directory, "bin/criu"), join(home, "libexec/criu"));
  for (const name of await readdir(parts.native)) {
    await copyProgram(join(parts.native, name), join(home, "libexec", name));
  }
  const libraries = join(parts.criu.directory, "lib");
  for (const name of await readdir(libraries)) await copyProgram(join(libraries, name), join(home, "lib", name));
  await cp(join(parts.criu.directory, "share/doc"), join(home, "share/doc"), { recursive: true });
}

/**
 * Looks whether the bundle has every library that its programs load.
 *
 * @throws Error naming the first that is missing.
 */
export async function checkLibraries(home: string): Promise<void> {
  const libraries = new Set(await readdir(join(home, "lib")));
  for (const folder of ["lib", "libexec", "bin"]) {
    for (const name of await readdir(join(home, folder))) {
      for (const needed of (await readElfNeeds(join(home, folder, name))).needed) {
        if (!libraries.has(needed)) throw new Error(`${folder}/${name} needs ${needed}, which the bundle lacks`);
      }
    }
  }
}

async function copyProgram(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o755);
}
