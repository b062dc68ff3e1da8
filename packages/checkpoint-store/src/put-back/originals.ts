import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
} from "node:fs";
import { HolesLimitBytes } from "../carry/holes.ts";

/** Mode, owner and times of a path. */
export interface Attributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
}

/** What stood at a path, kept so that it can be made again. */
export type Original =
  /** The file itself, which may have no name any more. */
  | { readonly kind: "descriptor"; readonly descriptor: number }
  | ({ readonly kind: "copy"; readonly content: Buffer } & Attributes)
  | ({ readonly kind: "symlink"; readonly target: string } & Attributes)
  | ({ readonly kind: "fifo" } & Attributes);

/** Keeps what is about to be replaced. */
export interface Originals {
  /** To be called right before the path is renamed over, or removed. @throws Error that says why it cannot be kept */
  keep(path: string, stat: BigIntStats): Original;
  /** Of a file that is about to be overwritten in place: a descriptor would not help. @throws Error as {@link Originals.keep} */
  copy(path: string): Original;
  /** Gives up what was kept of a path that was not replaced after all. */
  drop(original: Original): void;
  /** Closes every descriptor. */
  close(): void;
}

/** A descriptor keeps a whole file for the price of one call, in overlayfs also a file of the container image. */
const MostDescriptors = 2048;
/** Of what this process may have; the rest is for everything else. */
const ShareOfDescriptors = 1 / 4;
/** In memory, of files that are written in place, and of those that there are no descriptors for. */
const LargestCopyBytes = 64 * 1024;
const MostCopiedBytes = 8 * 1024 * 1024;

const Flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export function createOriginals(): Originals {
  const descriptors = new Set<number>();
  let mostDescriptors: number | undefined;
  let copiedBytes = 0;

  function keepFile(path: string): Original {
    mostDescriptors ??= Math.min(MostDescriptors, Math.floor(openFilesLimit() * ShareOfDescriptors));
    if (descriptors.size >= mostDescriptors) return copy(path);
    const descriptor = openSync(path, Flags);
    descriptors.add(descriptor);
    return { kind: "descriptor", descriptor };
  }

  function copy(path: string): Original {
    const file = openSync(path, Flags);
    try {
      const stat = fstatSync(file, { bigint: true });
      const bytes = Number(stat.size);
      if (bytes > LargestCopyBytes || copiedBytes + bytes > MostCopiedBytes)
        throw new Error("it is too large to be kept");
      const content = Buffer.alloc(bytes);
      for (let done = 0; done < bytes; ) {
        const read = readSync(file, content, done, bytes - done, done);
        if (read === 0) throw new Error("it became shorter");
        done += read;
      }
      copiedBytes += bytes;
      return { kind: "copy", content, ...attributesOf(stat) };
    } finally {
      closeSync(file);
    }
  }

  return {
    keep: (path, stat) => {
      if (stat.isFile()) {
        if (stat.size - stat.blocks * 512n > HolesLimitBytes) throw new Error("it has too many holes");
        return keepFile(path);
      }
      if (stat.isSymbolicLink()) return { kind: "symlink", target: targetOf(path), ...attributesOf(stat) };
      if (stat.isFIFO()) return { kind: "fifo", ...attributesOf(stat) };
      throw new Error(stat.isDirectory() ? "it was a directory" : "it was a socket or a device");
    },
    copy,
    drop: (original) => {
      if (original.kind === "descriptor" && descriptors.delete(original.descriptor)) closeSync(original.descriptor);
    },
    close: () => {
      for (const descriptor of descriptors) closeSync(descriptor);
      descriptors.clear();
    },
  };
}

/** What a look has found. */
export function attributesOf({ mode, uid, gid, atimeNs, mtimeNs }: BigIntStats): Attributes {
  return { mode: Number(mode & 0o7777n), uid: Number(uid), gid: Number(gid), atimeNs, mtimeNs };
}

/** How many files this process may have open: the soft limit, of 1024 as a rule where it is not known. */
function openFilesLimit(): number {
  try {
    const [, soft = ""] = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
    return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return 1024;
  }
}

function targetOf(path: string): string {
  const target = readlinkSync(path);
  if (target.includes("\ufffd")) throw new Error("it points to a name that is not UTF-8");
  return target;
}
