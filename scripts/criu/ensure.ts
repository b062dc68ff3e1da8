import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { assemble, loadedFiles, unpack } from "./assemble.ts";
import { type CriuSource, readLock, sourceDigest, writeLock } from "./lock.ts";
import { type Architecture, machineNames, parseArchitecture } from "./machine.ts";
import { downloadLocked, downloadNewest, type Resolved } from "./resolve.ts";

/** How to come by CRIU. */
export interface EnsureCriuOptions {
  /** @defaultValue the architecture of this machine */
  readonly architecture?: Architecture | undefined;
  /** What to do about the lock: `follow` it if possible, `frozen` fails if not, `renew` rewrites it. @defaultValue "follow" */
  readonly lock?: "follow" | "frozen" | "renew" | undefined;
  /** @defaultValue `~/.cache/crik/criu` */
  readonly cacheDirectory?: string | undefined;
  /** URI of a Debian archive. @defaultValue the one of the machine's apt configuration */
  readonly archive?: string | undefined;
  /** Gets one line about each step that takes time. @defaultValue silence */
  readonly log?: ((line: string) => void) | undefined;
}

/** A CRIU that runs on any Linux of its architecture, whatever libraries that has. */
export interface Criu {
  /** Holds `bin/criu`, `lib`, `share/doc` and `criu.json`. */
  readonly directory: string;
  /** Program and first arguments; CRIU's own arguments follow. */
  readonly command: readonly [string, ...string[]];
  /** CRIU's version as Debian writes it, such as `4.2.1-1`. */
  readonly version: string;
  /** What it was made of. */
  readonly source: CriuSource;
}

/**
 * Gives a CRIU of version 4.2 or newer, fetched from Debian at the first call and kept for the next ones.
 * Two calls at once, in one process or in two, are safe: each builds aside and one rename wins.
 *
 * @throws Error when it cannot be fetched, or when `frozen` and the lock's packages are gone from the archive.
 */
export async function ensureCriu(options: EnsureCriuOptions = {}): Promise<Criu> {
  const architecture = options.architecture ?? parseArchitecture(process.arch);
  const cache = options.cacheDirectory ?? join(homedir(), ".cache/crik/criu");
  const mode = options.lock ?? "follow";
  const log = options.log ?? (() => {});
  const locked = mode === "renew" ? undefined : (await readLock()).sources[architecture];
  const wanted = locked && join(cache, directoryName(locked, architecture));
  const kept = wanted && (await open(wanted, architecture));
  if (kept && locked) {
    if (sourceDigest(kept.source) === sourceDigest(locked)) return kept;
    if (mode === "follow") {
      log(`CRIU ${kept.version} from ${kept.source.suite}, because the archive no longer had the locked packages`);
      return kept;
    }
  }
  if (mode === "frozen" && !locked) throw new Error(`criu.lock.json has no packages for ${architecture}`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), "crik-criu-"));
  try {
    const resolved = await resolve(locked, architecture, { ...options, lock: mode, log }, work);
    const directory = join(cache, directoryName(resolved.source, architecture));
    await build(resolved, architecture, directory, work);
    if (mode === "renew") await writeLock(architecture, resolved.source);
    if (wanted && directory !== wanted) await symlink(basename(directory), wanted).catch(ignoreExisting);
    const criu = await open(directory, architecture);
    if (criu === undefined) throw new Error(`${directory} vanished while it was being made`);
    log(`CRIU ${criu.version} is in ${directory}`);
    return criu;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function resolve(
  locked: CriuSource | undefined,
  architecture: Architecture,
  options: EnsureCriuOptions & { readonly log: (line: string) => void },
  directory: string,
): Promise<Resolved> {
  const places = { architecture, directory, archive: options.archive };
  if (locked !== undefined) {
    options.log(`fetching CRIU ${locked.criu} (${locked.packages.length} packages of Debian ${locked.suite})`);
    const resolved = await downloadLocked(locked, places);
    if (resolved !== undefined) return resolved;
    const gone = `the archive no longer has all packages of criu.lock.json (CRIU ${locked.criu})`;
    const remedy = "node scripts/criu/fetch.ts --renew-lock takes the newest ones";
    if (options.lock === "frozen") throw new Error(`${gone}; ${remedy}`);
    options.log(`${gone}: taking the newest ones; ${remedy} for good`);
  }
  return downloadNewest(places);
}

async function build(resolved: Resolved, architecture: Architecture, directory: string, work: string): Promise<void> {
  const unpacked = await unpack(resolved.debs, resolved.source.packages, join(work, "unpacked"));
  const program = join(unpacked.directory, "criu/usr/sbin/criu");
  const files = await loadedFiles(unpacked, program, architecture);
  // On the cache's own file system, since a rename does not cross to another.
  const aside = await mkdtemp(`${directory}.making-`);
  try {
    // mkdtemp makes it private; containers of other users read it too.
    await chmod(aside, 0o755);
    await assemble(unpacked, program, files, aside);
    await writeFile(join(aside, "criu.json"), `${JSON.stringify(resolved.source, null, 2)}\n`);
    await rename(aside, directory).catch(ignoreExisting);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function open(directory: string, architecture: Architecture): Promise<Criu | undefined> {
  const text = await readFile(join(directory, "criu.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const source: CriuSource = JSON.parse(text);
  const library = join(directory, "lib");
  const loader = join(library, machineNames(architecture).loader);
  const command = [loader, "--library-path", library, join(directory, "bin/criu")] as const;
  return { directory, command, version: source.criu, source };
}

function directoryName(source: CriuSource, architecture: Architecture): string {
  return `${source.criu}-${machineNames(architecture).debian}-${sourceDigest(source)}`;
}

/** Somebody else was first: theirs is as good as ours. */
function ignoreExisting(error: unknown): void {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "EEXIST" && code !== "ENOTEMPTY") throw error;
}
