import { type BigIntStats, chmodSync, lchownSync, lstatSync, rmdirSync, rmSync } from "node:fs";
import { isBelow } from "../carry/exclude.ts";
import { isStoreError, StoreError } from "../error.ts";
import { ownMountPoints } from "../mounts.ts";
import { slices } from "../slices.ts";
import { codeOf, messageOf, throwIfAborted } from "../system-error.ts";
import { type BringingBack, bringBack } from "./bring-back.ts";
import type { Change, Changes } from "./changes.ts";
import { openUp } from "./directory.ts";
import { createFolders, type Folders } from "./folders.ts";
import type { MakeFifo } from "./make-fifo.ts";
import { type Attributes, attributesOf } from "./originals.ts";
import { removeDeadSockets } from "./sockets.ts";
import { type FileTimes, isNear, type SetTimes, setTimesNearly } from "./times.ts";

/** What was taken back. */
export interface TakeBackReport {
  /** What a put-back had made, and is gone again. */
  readonly removed: number;
  /** What it had replaced, and is there again. */
  readonly broughtBack: number;
  /** Sockets that CRIU had made in these directories meanwhile, and that are gone again. Not on volumes, where they may be another container's. */
  readonly sockets: number;
  /** Directories that it had made, and that something else is in by now. */
  readonly left: readonly string[];
}

/** How files are taken back. */
export interface TakeBackOptions {
  readonly makeFifo: MakeFifo;
  readonly setTimes?: SetTimes | undefined;
  /** What the put-back was told. */
  readonly root?: string | undefined;
  /** False when another container may have the checkpoint: then what lies on a volume may be in use, and only what is this container's own is touched. */
  readonly isOurs: boolean;
  readonly signal?: AbortSignal | undefined;
}

const BufferBytes = 1024 * 1024;
const Second = 1_000_000_000n;

/**
 * Undoes a put-back. Where it is known not to be possible nothing is touched: what was put back is at least the state of one moment.
 *
 * First everything goes that was made, which makes room. Then what was replaced comes back, and last what has stayed gets its mode, owner and times again.
 *
 * @throws StoreError `ERR_STORE_TAKE_BACK` naming a path, `ERR_STORE_ABORTED`
 */
export async function takeFilesBack(changes: Changes, options: TakeBackOptions): Promise<TakeBackReport> {
  const { lost, stayed } = changes;
  throwIfAborted(options.signal, "taking files back");
  if (lost.length > 0)
    throw cannot(`what was there before is not kept (${lost.join(", ")})`, {
      left: "everything is as it was put back",
    });
  const isOnVolume = volumes();
  const shared = options.isOurs ? undefined : changes.placed.find(({ path }) => isOnVolume(path));
  if (shared !== undefined)
    throw cannot(`${shared.path} is on a volume, and another container has taken the checkpoint over`, {
      left: "everything is as it was put back",
    });
  const slice = slices(options.signal, "taking files back");
  const folders = createFolders(options.root ?? "");
  const latest = changes.placed.toReversed();
  const left: string[] = [];
  const times: FileTimes[] = [];

  async function each<T extends { readonly path: string }>(
    items: readonly T[],
    work: (item: T) => void | Promise<void>,
  ): Promise<void> {
    for (const item of items) {
      try {
        if (slice.due()) await slice.turn();
        await work(item);
      } catch (error) {
        if (isStoreError(error) && error.code === "ERR_STORE_ABORTED") throw error;
        throw cannot(`${item.path}: ${messageOf(error)}`, {
          cause: error,
          left: "a part of what was put back is still there",
        });
      }
    }
  }

  function setTimes(path: string, { atimeNs, mtimeNs }: Attributes): void {
    setTimesNearly({ path, atimeNs, mtimeNs });
    times.push({ path, atimeNs, mtimeNs });
  }

  // From above: in what nobody may write to there is nothing to be removed.
  const directories = [
    ...stayed.keys(),
    ...changes.placed.flatMap(({ path, kind }) => (kind === "directory" ? [path] : [])),
  ];
  let sockets = 0;
  await each(
    directories.map((path) => ({ path })),
    ({ path }) => {
      const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      if (stat?.isDirectory() !== true) return;
      folders.checkAbove(path);
      openUp(path, stat);
      if (!isOnVolume(path)) sockets += removeDeadSockets(path, changes.since);
    },
  );
  let removed = 0;
  await each(latest, (change) => {
    if (change.original !== undefined && change.kind !== "directory") return;
    if (!remove(change, folders)) left.push(change.path);
    else if (change.original === undefined) removed += 1;
  });
  const bringing: BringingBack = {
    makeFifo: options.makeFifo,
    slice,
    buffer: Buffer.allocUnsafe(BufferBytes),
    names: new Map(),
  };
  let broughtBack = 0;
  await each(latest, async (change) => {
    const { path, original } = change;
    if (original === undefined) return;
    folders.checkAbove(path);
    mustBeOurs(change);
    setTimes(path, await bringBack(original, change, bringing));
    broughtBack += 1;
  });
  // The deepest first: they change nothing above them any more.
  const above = [...stayed]
    .map(([path, before]) => ({ path, before }))
    .sort((one, other) => (one.path < other.path ? 1 : -1));
  await each(above, ({ path, before }) => {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) return;
    if (setOwnership(path, before, stat) || stat.mtimeNs !== before.mtimeNs) setTimes(path, before);
  });
  await options.setTimes?.(times);
  changes.forget();
  return { removed, broughtBack, sockets, left };
}

/** Only the root of the container is known to be nobody else's. */
function volumes(): (path: string) => boolean {
  const points = [...ownMountPoints()].filter((point) => point !== "/");
  return (path) => points.some((point) => isBelow(path, point));
}

/** @returns false when something else is in it by now */
function remove(change: Change, folders: Folders): boolean {
  const { path, kind, original } = change;
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return true;
  folders.checkAbove(path);
  mustBeOurs(change);
  if (kind !== "directory") rmSync(path);
  else {
    try {
      rmdirSync(path);
    } catch (error) {
      if (original !== undefined || (codeOf(error) !== "ENOTEMPTY" && codeOf(error) !== "EEXIST")) throw error;
      return false;
    }
  }
  return true;
}

function mustBeOurs(change: Change): void {
  const stat = lstatSync(change.path, { bigint: true, throwIfNoEntry: false });
  if (stat !== undefined && !isOurs(change, stat)) throw new Error("it is not what was put there");
}

function isOurs({ kind, mtimeNs }: Change, stat: BigIntStats): boolean {
  switch (kind) {
    case "directory":
      return stat.isDirectory();
    case "fifo":
      // CRIU has written to it what was in it.
      return stat.isFIFO();
    case "file":
      return stat.isFile() && isItsTime(stat.mtimeNs, BigInt(mtimeNs));
    case "symlink":
      return stat.isSymbolicLink() && isItsTime(stat.mtimeNs, BigInt(mtimeNs));
  }
}

/** Some file systems of a network keep whole seconds only, or even ones. */
function isItsTime(time: bigint, wanted: bigint): boolean {
  if (isNear(time, wanted)) return true;
  const difference = time - wanted;
  return time % Second === 0n && difference < 2n * Second && difference > -2n * Second;
}

/** @returns whether it was another */
function setOwnership(path: string, { mode, uid, gid }: Attributes, stat: BigIntStats): boolean {
  const now = attributesOf(stat);
  if (now.mode === mode && now.uid === uid && now.gid === gid) return false;
  lchownSync(path, uid, gid);
  if (!stat.isSymbolicLink()) chmodSync(path, mode);
  return true;
}

function cannot(message: string, details: { readonly cause?: unknown; readonly left: string }): StoreError {
  return new StoreError("ERR_STORE_TAKE_BACK", `what was put back cannot be taken back: ${message}`, details);
}
