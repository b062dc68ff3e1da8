import { constants } from "node:fs";
import { type FileHandle, lstat, open, rename } from "node:fs/promises";
import { StoreError } from "./error.ts";

/** Forces a file or a directory to the disk. */
export async function syncPath(path: string): Promise<void> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  await handle.sync();
}

/** Writes a file so that it is on the disk when this resolves; its directory is the caller's to sync. */
export async function writeDurably(path: string, text: string): Promise<void> {
  await using handle = await open(path, "wx", 0o600);
  await handle.writeFile(text);
  await handle.sync();
}

/**
 * Renames, and tells whether it was this call that did it.
 *
 * On a network file system a request that was answered twice says ENOENT although the first one succeeded: the new name, which holds a name that
 * nobody else uses, then decides.
 * @returns false when `from` was not there: somebody else has renamed it
 */
export async function tryRename(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return exists(to);
    throw ioError(error, `rename of ${from} to ${to}`);
  }
}

/** Reads up to the whole buffer; short only at the end of the file. */
export async function readFully(handle: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Reads a small file that others may have written. @throws StoreError when it is larger than `limitBytes`, no plain file, or a link */
export async function readUntrusted(path: string, limitBytes: number): Promise<string> {
  try {
    await using handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > limitBytes) {
      throw new StoreError("ERR_STORE_MANIFEST", `${path} is not a plain file of at most ${limitBytes} bytes`);
    }
    return await handle.readFile("utf8");
  } catch (error) {
    throw ioError(error, `reading ${path}`);
  }
}

export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The `code` of a system error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** A store's error out of whatever a system call threw. */
export function ioError(error: unknown, what: string): StoreError {
  if (error instanceof StoreError) return error;
  const message = `${what} failed: ${error instanceof Error ? error.message : String(error)}`;
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new StoreError("ERR_STORE_FULL", message, {
      cause: error,
      hint: "make the volume larger, or keep fewer generations",
    });
  }
  if (code === "EROFS" || code === "EACCES" || code === "EPERM")
    return new StoreError("ERR_STORE_READ_ONLY", message, { cause: error });
  if (code === "ABORT_ERR") return new StoreError("ERR_STORE_ABORTED", message, { cause: error });
  return new StoreError("ERR_STORE_IO", message, { cause: error });
}
