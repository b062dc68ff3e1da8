import { constants } from "node:fs";
import { type FileHandle, lstat, open, rename } from "node:fs/promises";
import { StoreError } from "./error.ts";
import { codeOf, readError, storeError } from "./system-error.ts";

/** Forces a plain file to the disk. */
export async function syncFile(path: string): Promise<void> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  await handle.sync();
}

/** Forces the names in a directory to the disk, where the file system knows how: some network and FUSE ones answer EINVAL. */
export async function syncDirectory(path: string): Promise<void> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    const code = codeOf(error);
    if (code !== "EINVAL" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
  }
}

/** Writes a new file so that its content is on the disk when this resolves; the name is its directory's to sync. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  await using handle = await open(path, flags, 0o600);
  await handle.writeFile(text);
  await handle.sync();
}

/**
 * Renames, and tells whether it was this call that did it.
 *
 * On a network file system a request that was sent twice says ENOENT although the first one succeeded: the new name then decides, which is one
 * that nobody else makes.
 * @returns false when `from` was not there: somebody else has renamed it
 */
export async function tryRename(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return exists(to);
    throw storeError(error, `the rename of ${from} to ${to}`);
  }
}

/** Reads up to the whole buffer; short only at the end of the file. */
export async function readFully(handle: FileHandle, buffer: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Writes the whole buffer. */
export async function writeFully(handle: FileHandle, buffer: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesWritten } = await handle.write(buffer, done, buffer.length - done, position + done);
    done += bytesWritten;
  }
}

/** Opens a file that others may have put there: never through a link, and never one that would block. */
export async function openPlain(path: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ELOOP") throw new StoreError("ERR_STORE_MANIFEST", `${path} is a symbolic link`);
    throw error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new StoreError("ERR_STORE_MANIFEST", `${path} is not a plain file`);
}

/**
 * Reads a small file that others may have written.
 * @throws StoreError `ERR_STORE_MANIFEST` when it is missing, larger than `limitBytes`, no plain file, or a link
 */
export async function readUntrusted(path: string, limitBytes: number): Promise<Buffer> {
  try {
    await using handle = await openPlain(path);
    const { size } = await handle.stat();
    if (size > limitBytes) {
      throw new StoreError(
        "ERR_STORE_MANIFEST",
        `${path} has ${size} bytes, more than the ${limitBytes} that are read`,
      );
    }
    const buffer = Buffer.allocUnsafe(size);
    return buffer.subarray(0, await readFully(handle, buffer, 0));
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new StoreError("ERR_STORE_MANIFEST", `${path} is missing`, { cause: error });
    throw readError(error, `reading ${path}`);
  }
}

export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
