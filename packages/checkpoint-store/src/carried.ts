/** What kind of thing was carried. */
export type CarriedKind = "file" | "directory" | "symlink" | "fifo";

/** One carried path: everything about it but its content, which lies in the pack. */
export interface CarriedEntry {
  readonly path: string;
  readonly kind: CarriedKind;
  /** Permission bits, set-uid and sticky bits included. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Nanoseconds since 1970, decimal. */
  readonly mtimeNs: string;
  readonly atimeNs: string;
  /** Size of a file, holes included. */
  readonly bytes?: number;
  /** Where a symbolic link points. */
  readonly target?: string;
  /** Another carried path that is the same file. */
  readonly linkTo?: string;
  /** Where its data lies; what is between is a hole. */
  readonly segments?: readonly Segment[];
}

/** `length` bytes at `at` of the file lie at `packed` of the pack. */
export interface Segment {
  readonly at: number;
  readonly length: number;
  readonly packed: number;
}

/** What was carried, in short. */
export interface CarriedFiles {
  readonly entries: number;
  readonly bytes: number;
  /** Left out, and why: sockets, which CRIU makes again. */
  readonly skipped: readonly string[];
}

export const PackName = "files.pack";
export const IndexName = "files.json";
