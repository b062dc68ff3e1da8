import { type BigIntStats, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, normalize } from "node:path";
import { StoreError } from "../error.ts";
import { ownMountPoints } from "../mounts.ts";
import { slices } from "../slices.ts";
import { codeOf, readError } from "../system-error.ts";
import type { CarriedEntry, CarriedKind } from "./entry.ts";
import { type Exclusion, excluder } from "./exclude.ts";

/** What to carry. A path alone stands for `recursive: true`. */
export type CarryRequest =
  | string
  | {
      /** Absolute. One that is not there is passed over. */
      readonly path: string;
      /** A directory with everything below it, or it alone. @defaultValue `true` */
      readonly recursive?: boolean | undefined;
    };

/** Something that will be carried, as it was found. */
export interface Found {
  readonly entry: CarriedEntry;
  /** Of a file: which it is, whatever its name. */
  readonly identity: string;
  readonly links: number;
  readonly bytes: number;
  /** Bytes that it takes on the disk; fewer than `bytes` when it has holes. */
  readonly diskBytes: number;
}

/** What {@link collect} found. */
export interface Collected {
  /** By path: what is above comes before what is below. */
  readonly found: readonly Found[];
  /** Left out, and why. */
  readonly skipped: readonly string[];
}

/** Where {@link collect} may go. */
export interface CollectOptions extends Exclusion {
  /** @defaultValue those of `/proc/self/mountinfo` */
  readonly mountPoints?: ReadonlySet<string> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at everything that is to be carried, without reading any content. Directories above are resolved once, here: what is written down has
 * no link above it. Nested mounts are left out, and so is what holds no data: sockets, which CRIU makes again, and devices, for which no state
 * should be given up.
 *
 * @throws StoreError `ERR_STORE_UNSUPPORTED_FILE`, `ERR_STORE_INVALID_OPTION`, `ERR_STORE_ABORTED`
 */
export async function collect(requests: readonly CarryRequest[], options: CollectOptions): Promise<Collected> {
  const isExcluded = excluder(options);
  const mounts = options.mountPoints ?? ownMountPoints();
  const slice = slices(options.signal, "carrying files");
  const found = new Map<string, Found>();
  const walked = new Set<string>();
  const skipped: string[] = [];
  const realFolders = new Map<string, string | undefined>();

  async function add(path: string, recursive: boolean): Promise<void> {
    if (slice.due()) await slice.turn();
    if (isExcluded(path) || walked.has(path) || (found.has(path) && !recursive)) return;
    const look = lookAt(path);
    if (look === undefined) return;
    const kind = kindOf(look.stat);
    if (kind === undefined) {
      skipped.push(look.stat.isSocket() ? `${path} (a socket: CRIU makes it again)` : `${path} (a device)`);
      return;
    }
    found.set(path, describe(path, kind, look));
    if (kind !== "directory" || !recursive) return;
    walked.add(path);
    for (const name of namesIn(path)) {
      const below = path === "/" ? `/${name}` : `${path}/${name}`;
      if (mounts.has(below)) skipped.push(`${below} (another mount)`);
      else await add(below, true);
    }
  }

  function resolve(path: string): string | undefined {
    const folder = dirname(path);
    if (!realFolders.has(folder)) realFolders.set(folder, realPathOf(folder));
    const real = realFolders.get(folder);
    return real === undefined ? undefined : `${real === "/" ? "" : real}/${basename(path)}`;
  }

  function addParents(path: string): void {
    for (let folder = dirname(path); folder !== "/" && !found.has(folder); folder = dirname(folder)) {
      const look = lookAt(folder);
      if (look === undefined) return;
      const { entry, ...rest } = describe(folder, "directory", look);
      found.set(folder, { ...rest, entry: { ...entry, parent: true } });
    }
  }

  for (const request of requests) {
    const { path, recursive = true } = typeof request === "string" ? { path: request } : request;
    if (!isAbsolute(path))
      throw new StoreError("ERR_STORE_INVALID_OPTION", `${path}, which is to be carried, is not absolute`);
    const real = resolve(normalize(path).replace(/(?<=.)\/+$/, ""));
    if (real !== undefined && real !== "/") await add(real, recursive);
  }
  for (const path of [...found.keys()]) addParents(path);
  return { found: [...found.values()].sort((one, other) => (one.entry.path < other.entry.path ? -1 : 1)), skipped };
}

/** What a path is by now; `undefined` when it is not there any more, or nothing that is carried. @throws StoreError as {@link collect} */
export function lookAgain(path: string): Found | undefined {
  const look = lookAt(path);
  const kind = look === undefined ? undefined : kindOf(look.stat);
  return look === undefined || kind === undefined ? undefined : describe(path, kind, look);
}

function describe(path: string, kind: CarriedKind, { stat, target }: Look): Found {
  const common = {
    path,
    kind,
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    mtimeNs: String(stat.mtimeNs),
    atimeNs: String(stat.atimeNs),
  };
  return {
    entry: target === undefined ? common : { ...common, target },
    identity: identityOf(stat),
    links: Number(stat.nlink),
    bytes: kind === "file" ? Number(stat.size) : 0,
    diskBytes: kind === "file" ? Number(stat.blocks) * 512 : 0,
  };
}

/** Pure. File systems give the number of what was removed to what is made next: only with its kind and its birth does it tell which file this is. */
export function identityOf({ dev, ino, mode, birthtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${mode & 0o170000n}:${birthtimeNs}`;
}

/** `undefined` for what holds no data: a socket, and a device, such as one that a daemon has made below its chroot. */
function kindOf(stat: BigIntStats): CarriedKind | undefined {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isFIFO()) return "fifo";
  return undefined;
}

/** What a path is at one moment. */
interface Look {
  readonly stat: BigIntStats;
  /** Of a symbolic link. */
  readonly target?: string;
}

function lookAt(path: string): Look | undefined {
  try {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined && path.includes("\ufffd"))
      throw unsupported(path, "has a name that is not UTF-8, which cannot be kept");
    if (stat?.isSymbolicLink() !== true) return stat && { stat };
    const target = targetOf(path);
    // Somebody has replaced the link, or removed it, between the two calls.
    return target === undefined ? lookAt(path) : { stat, target };
  } catch (error) {
    if (codeOf(error) === "ENOTDIR") return undefined;
    throw readError(error, `looking at ${path}, which is to be carried,`);
  }
}

/** None of a directory that somebody has removed since it was looked at: not all of a pod stands frozen. */
function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    throw readError(error, `reading the directory ${path}, which is to be carried,`);
  }
}

/** Where a link points; `undefined` when it is none by now. */
function targetOf(path: string): string | undefined {
  try {
    const target = readlinkSync(path);
    if (!target.includes("\ufffd")) return target;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "EINVAL") return undefined;
    throw error;
  }
  throw unsupported(path, "is a link to a name that is not UTF-8, which cannot be kept");
}

function realPathOf(folder: string): string | undefined {
  try {
    return realpathSync.native(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw readError(error, `resolving ${folder}`);
  }
}

function unsupported(path: string, why: string): StoreError {
  return new StoreError("ERR_STORE_UNSUPPORTED_FILE", `${path} ${why}`, {
    hint: "take it out of additionalPaths, or add it to carry.exclude",
  });
}
