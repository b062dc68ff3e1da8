import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, readdir, readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "./command.ts";
import { readElfNeeds } from "./elf.ts";
import type { LockedPackage } from "./lock.ts";
import { type Architecture, machineNames } from "./machine.ts";

/** Debian packages unpacked side by side, each in a folder of its own name. */
export interface Unpacked {
  readonly directory: string;
  readonly packages: readonly LockedPackage[];
}

/** A file that a program loads, and the package it is from. */
export interface LoadedFile {
  /** The name under which it is asked for, such as `libnl-3.so.200`. */
  readonly name: string;
  readonly path: string;
  readonly package: LockedPackage;
}

/**
 * Unpacks `.deb` files after checking their SHA-256.
 *
 * @throws Error when a file is missing or is not the locked one.
 */
export async function unpack(debs: string, packages: readonly LockedPackage[], directory: string): Promise<Unpacked> {
  const files = await readdir(debs);
  await mkdir(directory, { recursive: true });
  for (const one of packages) {
    const file = files.find((name) => name.startsWith(`${one.name}_${one.version.replaceAll(":", "%3a")}_`));
    if (file === undefined) throw new Error(`${one.name} ${one.version} was not downloaded`);
    const sha256 = createHash("sha256")
      .update(await readFile(join(debs, file)))
      .digest("hex");
    if (sha256 !== one.sha256) throw new Error(`${file} has sha256 ${sha256}, the lock says ${one.sha256}`);
    await run(["dpkg-deb", "-x", join(debs, file), join(directory, one.name)]);
  }
  return { directory, packages };
}

/**
 * Parts of glibc that CRIU does without and the JavaScript runtime of the bundle needs: with them one folder of
 * libraries serves both.
 */
const glibcLibraries: readonly string[] = ["libdl.so.2", "libm.so.6", "libpthread.so.0"];

/** Everything that a program loads, by its own and its libraries' `DT_NEEDED`, with the loader and all of glibc. */
export async function loadedFiles(
  unpacked: Unpacked,
  program: string,
  architecture: Architecture,
): Promise<readonly LoadedFile[]> {
  const available = await availableFiles(unpacked, architecture);
  const loaded = new Map<string, LoadedFile>();
  const waiting = [machineNames(architecture).loader, ...glibcLibraries, ...(await readElfNeeds(program)).needed];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (loaded.has(name)) continue;
    const file = available.get(name);
    if (file === undefined) throw new Error(`${basename(program)} needs ${name}, which is in none of its packages`);
    loaded.set(name, file);
    waiting.push(...(await readElfNeeds(file.path)).needed);
  }
  return [...loaded.values()];
}

/** Folder and name come from Debian's layout before and after the merge of /lib into /usr/lib. */
async function availableFiles(unpacked: Unpacked, architecture: Architecture): Promise<Map<string, LoadedFile>> {
  const { triplet } = machineNames(architecture);
  const files = new Map<string, LoadedFile>();
  for (const one of unpacked.packages) {
    for (const place of [`usr/lib/${triplet}`, `lib/${triplet}`]) {
      const directory = join(unpacked.directory, one.name, place);
      for (const name of await readdir(directory).catch(() => [])) {
        if (name.includes(".so")) files.set(name, { name, path: join(directory, name), package: one });
      }
    }
  }
  return files;
}

/** Copies program, libraries, loader and licence texts to where they are used: `bin`, `lib`, `share/doc`. */
export async function assemble(
  unpacked: Unpacked,
  program: string,
  files: readonly LoadedFile[],
  target: string,
): Promise<void> {
  await mkdir(join(target, "bin"), { recursive: true });
  await mkdir(join(target, "lib"), { recursive: true });
  await copyProgram(program, join(target, "bin", basename(program)));
  for (const file of files) await copyProgram(await realpath(file.path), join(target, "lib", file.name));
  for (const one of unpacked.packages) {
    const text = join(unpacked.directory, one.name, "usr/share/doc", one.name, "copyright");
    await mkdir(join(target, "share/doc", one.name), { recursive: true });
    await copyFile(await realpath(text), join(target, "share/doc", one.name, "copyright"));
  }
}

async function copyProgram(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o755);
}
