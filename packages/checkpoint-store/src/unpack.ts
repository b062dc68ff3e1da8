import { constants } from "node:fs";
import {
  chmod,
  type FileHandle,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  open,
  readlink,
  rename,
  rm,
  symlink,
} from "node:fs/promises";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { type CarriedEntry, IndexName, PackName } from "./carried.ts";
import { codeOf, readFully, readUntrusted } from "./durable.ts";
import { StoreError } from "./error.ts";

/** Largest index that is read. */
const IndexLimitBytes = 256 * 1024 * 1024;
const BufferBytes = 1024 * 1024;

/** Makes a FIFO: the runtime has no call for it. */
export type MakeFifo = (path: string, mode: number) => Promise<void>;

/**
 * Puts carried files back to their places. Never through a symbolic link that the index itself would have made.
 * @throws StoreError `ERR_STORE_PUT_BACK`, naming the path
 */
export async function unpackFiles(
  directory: string,
  options: { readonly makeFifo: MakeFifo; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly entries: number }> {
  const entries = readIndex(await readUntrusted(join(directory, IndexName), IndexLimitBytes));
  await using pack = await open(join(directory, PackName), constants.O_RDONLY | constants.O_NOFOLLOW);
  for (const entry of entries) {
    options.signal?.throwIfAborted();
    try {
      await putBack(entry, pack, options.makeFifo);
    } catch (error) {
      throw new StoreError(
        "ERR_STORE_PUT_BACK",
        `${entry.path} cannot be put back: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
          hint:
            codeOf(error) === "EROFS" ? "mount an emptyDir there, since the root file system is read-only" : undefined,
        },
      );
    }
  }
  // Times of directories last: what was put into them has changed them.
  for (const entry of entries.filter(({ kind }) => kind === "directory").reverse()) await setTimes(entry);
  return { entries: entries.length };
}

async function putBack(entry: CarriedEntry, pack: FileHandle, makeFifo: MakeFifo): Promise<void> {
  const { path, mode, uid, gid } = entry;
  await mkdir(dirname(path), { recursive: true });
  if (entry.kind === "directory") {
    const present = await lstat(path).catch(() => undefined);
    if (present === undefined) await mkdir(path);
    else if (!present.isDirectory()) throw new Error("something else is in its place");
    await lchown(path, uid, gid);
    await chmod(path, mode);
    return;
  }
  const temporary = join(dirname(path), `.crik-${process.pid}-new`);
  await rm(temporary, { force: true });
  if (entry.kind === "symlink") {
    if ((await readlink(path).catch(() => undefined)) === entry.target) return;
    await symlink(entry.target ?? "", temporary);
  } else if (entry.kind === "fifo") {
    await makeFifo(temporary, mode);
  } else if (entry.linkTo !== undefined) {
    await link(entry.linkTo, temporary);
    return rename(temporary, path);
  } else {
    await writeFile(entry, pack, temporary);
  }
  await lchown(temporary, uid, gid);
  if (entry.kind !== "symlink") await chmod(temporary, mode);
  await rename(temporary, path);
  await setTimes(entry);
}

async function writeFile(entry: CarriedEntry, pack: FileHandle, path: string): Promise<void> {
  await using file = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  );
  await file.truncate(entry.bytes ?? 0);
  for (const { at, length, packed } of entry.segments ?? []) {
    for (let done = 0; done < length; ) {
      const buffer = Buffer.allocUnsafe(Math.min(BufferBytes, length - done));
      if ((await readFully(pack, buffer, packed + done)) < buffer.length) throw new Error("the pack is too short");
      await file.write(buffer, 0, buffer.length, at + done);
      done += buffer.length;
    }
  }
}

async function setTimes({ path, atimeNs, mtimeNs }: CarriedEntry): Promise<void> {
  await lutimes(path, seconds(atimeNs), seconds(mtimeNs));
}

function seconds(ns: string): number {
  return Number(ns) / 1e9;
}

/** Pure: an index that somebody else may have written. */
export function readIndex(text: string): readonly CarriedEntry[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new StoreError("ERR_STORE_MANIFEST", "the index of carried files is no list");
  return value.map((entry: CarriedEntry) => {
    const { path } = entry;
    if (typeof path !== "string" || !isAbsolute(path) || normalize(path) !== path || path.includes("\0")) {
      throw new StoreError(
        "ERR_STORE_MANIFEST",
        `the index of carried files has a path that is none: ${JSON.stringify(path)}`,
      );
    }
    return entry;
  });
}
