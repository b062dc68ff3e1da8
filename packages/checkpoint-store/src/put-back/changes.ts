import { type BigIntStats, lstatSync } from "node:fs";
import type { CarriedEntry, CarriedKind } from "../carry/entry.ts";
import { messageOf } from "../system-error.ts";
import { type Attributes, attributesOf, createOriginals, type Original } from "./originals.ts";

/** A path at which something was put. */
export interface Change {
  readonly path: string;
  /** What was put there, and its time: what has another one by now was changed by somebody else. Known without a look at it. */
  readonly kind: CarriedKind;
  readonly mtimeNs: string;
  /** It is still the file that was there, with another content. */
  readonly isInPlace: boolean;
  /** What stood there; `undefined` for nothing. */
  readonly original: Original | undefined;
}

/** What a put-back has changed: all that is needed to undo it. */
export interface Changes {
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** In their order. */
  readonly placed: readonly Change[];
  /** Paths that stay, as they were before: directories above all, whose time changes with what is put into them. */
  readonly stayed: ReadonlyMap<string, Attributes>;
  /** Why it cannot be undone, if it cannot: a path each. */
  readonly lost: readonly string[];
  /** To be called before something is made in it. */
  enter(folder: string): void;
  /** To be called before a path that stays is changed. */
  stays(path: string, stat: BigIntStats): void;
  /** To be called right before something takes the place of what is there, if anything is. */
  replaces(entry: CarriedEntry, path: string, stat: BigIntStats | undefined): Replacing;
  /** To be called before a file is written in place. */
  overwrites(entry: CarriedEntry, path: string): void;
  /**
   * Lets go of what was replaced, which takes room on a file system, and descriptors: it cannot be undone any more.
   * @returns false when there was nothing of that kind
   */
  letGo(why: string): boolean;
  /** Everything is in its place again, or is to stay as it is. */
  forget(): void;
}

/** How it went with a {@link Changes.replaces}: one of them is called. */
interface Replacing {
  done(): void;
  failed(): void;
}

export function createChanges(): Changes {
  const originals = createOriginals();
  let placed: Change[] = [];
  let lost: string[] = [];
  const stayed = new Map<string, Attributes>();
  /** Directories whose times are known, or that were not there before. */
  const known = new Set<string>();

  /** That something cannot be undone is no reason not to do it. */
  function tryKeep(path: string, keep: () => Original): Original | undefined {
    if (lost.length > 0) return undefined;
    try {
      return keep();
    } catch (error) {
      lose(`${path}: ${messageOf(error)}`);
      return undefined;
    }
  }

  function lose(why: string): void {
    lost.push(why);
    originals.close();
  }

  function stays(path: string, stat: BigIntStats): void {
    known.add(path);
    if (!stayed.has(path)) stayed.set(path, attributesOf(stat));
  }

  function add(
    { kind, mtimeNs }: CarriedEntry,
    path: string,
    isInPlace: boolean,
    original: Original | undefined,
  ): void {
    if (kind === "directory") known.add(path);
    placed.push({ path, kind, mtimeNs, isInPlace, original });
  }

  return {
    since: Date.now(),
    get placed() {
      return placed;
    },
    get lost() {
      return lost;
    },
    stayed,
    enter: (folder) => {
      if (!known.has(folder)) stays(folder, lstatSync(folder, { bigint: true }));
    },
    stays,
    replaces: (entry, path, stat) => {
      const original = stat && tryKeep(path, () => originals.keep(path, stat));
      return {
        done: () => add(entry, path, false, original),
        failed: () => original && originals.drop(original),
      };
    },
    overwrites: (entry, path) => {
      const original = tryKeep(path, () => originals.copy(path));
      add(entry, path, true, original);
    },
    letGo: (why) => {
      const replaced = placed.find(({ original }) => original !== undefined);
      if (replaced === undefined || lost.length > 0) return false;
      lose(`${replaced.path}: ${why}`);
      return true;
    },
    forget: () => {
      originals.close();
      placed = [];
      lost = [];
      stayed.clear();
      known.clear();
    },
  };
}
