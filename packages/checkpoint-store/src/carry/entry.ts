import { normalize } from "node:path";
import { StoreError } from "../error.ts";
import {
  integer,
  listOf,
  matching,
  objectOf,
  oneOf,
  optional,
  parseJson,
  type Reader,
  text,
} from "../manifest/json.ts";

/** Contents, one after the other. */
export const PackName = "files.pack";
/** What there is: a list of {@link CarriedEntry}. */
export const IndexName = "files.json";
/** Largest index that is read, in bytes: about half a million files. */
export const IndexLimitBytes: number = 128 * 1024 * 1024;

/** What kind of thing was carried. */
export type CarriedKind = "file" | "directory" | "symlink" | "fifo";

/** `[offset in the file, length, offset in the pack]`, in bytes. What is between two segments of a file is a hole. */
export type Segment = readonly [at: number, length: number, packed: number];

/** One carried path: everything about it but its content, which lies in the pack. */
export interface CarriedEntry {
  /** Absolute; no directory in it is a symbolic link, it was resolved when it was carried. */
  readonly path: string;
  readonly kind: CarriedKind;
  /** Permission bits, set-uid and sticky bits included. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Nanoseconds since 1970, decimal. */
  readonly mtimeNs: string;
  readonly atimeNs: string;
  /** A directory that was not asked for: made when it is missing, else left as it is. */
  readonly parent?: true;
  /** Size of a file, holes included. */
  readonly bytes?: number;
  readonly segments?: readonly Segment[];
  /** Where a symbolic link points. */
  readonly target?: string;
  /** An earlier entry, of a file, that this is another name of. */
  readonly linkTo?: string;
}

const nanoseconds = matching(/^-?\d{1,19}$/, 20);
const offset = integer(0);

const absolute: Reader<string> = (value, at) => {
  const path = text(4096)(value, at);
  if (!path.startsWith("/") || path === "/" || path.includes("\0") || normalize(path) !== path || path.endsWith("/")) {
    throw wrong(`${at}, ${JSON.stringify(path)}, is no path of a file`);
  }
  return path;
};

const segment: Reader<Segment> = (value, at) => {
  const [from, length, packed] = listOf(offset, 3)(value, at);
  if (from === undefined || length === undefined || packed === undefined) throw wrong(`${at} is no segment`);
  return [from, length, packed];
};

const entryShape: Reader<CarriedEntry> = objectOf<CarriedEntry>({
  path: absolute,
  kind: oneOf("file", "directory", "symlink", "fifo"),
  mode: integer(0, 0o7777),
  uid: integer(0, 2 ** 32 - 2),
  gid: integer(0, 2 ** 32 - 2),
  mtimeNs: nanoseconds,
  atimeNs: nanoseconds,
  parent: optional((value, at) => (value === true ? true : fail(`${at} is not true`))),
  bytes: optional(offset),
  segments: optional(listOf(segment, 10_000_000)),
  target: optional(text(4096)),
  linkTo: optional(absolute),
});

/** Pure: an index that somebody else may have written. @throws StoreError `ERR_STORE_MANIFEST` */
export function readIndex(written: string, packBytes: number): readonly CarriedEntry[] {
  return checkIndex(parseJson(written, "the index of carried files"), packBytes);
}

/** Pure: the same before it is written, so that nothing is written that could not be read. @throws StoreError `ERR_STORE_MANIFEST` */
export function checkIndex(value: unknown, packBytes: number): readonly CarriedEntry[] {
  const entries = listOf(entryShape, 2_000_000)(value, "the index of carried files");
  const files = new Set<string>();
  const paths = new Set<string>();
  for (const entry of entries) {
    if (paths.has(entry.path)) throw wrong(`${entry.path} is carried twice`);
    paths.add(entry.path);
    checkEntry(entry, files, packBytes);
    if (entry.kind === "file" && entry.linkTo === undefined) files.add(entry.path);
  }
  return entries;
}

function checkEntry(entry: CarriedEntry, files: ReadonlySet<string>, packBytes: number): void {
  const { path, kind, target, linkTo, bytes = 0, segments = [] } = entry;
  if (kind === "symlink" && (target === undefined || target === "" || target.includes("\0")))
    throw wrong(`${path} has no target`);
  if (linkTo !== undefined && !files.has(linkTo)) throw wrong(`${path} is a link to what was not carried before it`);
  let end = 0;
  for (const [at, length, packed] of segments) {
    if (at < end || at + length > bytes || packed + length > packBytes)
      throw wrong(`${path} has data outside of itself`);
    end = at + length;
  }
}

function wrong(message: string): StoreError {
  return new StoreError("ERR_STORE_MANIFEST", `the index of carried files is damaged: ${message}`);
}

function fail(message: string): never {
  throw wrong(message);
}
