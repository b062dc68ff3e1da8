import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { asError, CriuError } from "../error.ts";
import { readMessage, type WireField } from "./wire.ts";

/**
 * The four-byte marks at the head of a file, little-endian. All files but the inventory begin with a mark of their family.
 *
 * @see `criu/include/magic.h` in CRIU's sources; they are coordinates of towns
 */
export const ImageMagic = {
  common: 0x54564319,
  service: 0x55105940,
  inventory: 0x58313116,
  pstree: 0x50273030,
  stats: 0x57093306,
} as const;

/** Largest file that is read: the ones that this package understands have some kilobytes, a process tree's some megabytes at most. */
const LargestBytes = 64 * 1024 * 1024;

/** A file that does not exist. */
export const Absent: unique symbol = Symbol("absent");

/**
 * Reads an image file: its marks, then messages with a size of four bytes in front of each.
 *
 * @returns the fields of each message, or {@link Absent}
 * @throws CriuError `ERR_CRIU_IMAGE_FORMAT` for another format, `ERR_CRIU_IMAGE_DIRECTORY` when it cannot be read
 */
export async function readImageFile(
  path: string,
  magics: readonly number[],
): Promise<readonly (readonly WireField[])[] | typeof Absent> {
  const bytes = await readSmallFile(path);
  if (bytes === undefined) return Absent;
  try {
    return parseImageFile(bytes, magics);
  } catch (cause) {
    throw new CriuError("ERR_CRIU_IMAGE_FORMAT", `${path} is not what its name says: ${asError(cause).message}`, {
      cause,
    });
  }
}

/**
 * Pure: the messages in an image file.
 *
 * @throws RangeError when it is no such file
 */
function parseImageFile(bytes: Uint8Array, magics: readonly number[]): readonly (readonly WireField[])[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  const word = (): number => {
    if (bytes.length - position < 4) throw new RangeError(`the file ends at ${bytes.length}, inside of a number`);
    position += 4;
    return view.getUint32(position - 4, true);
  };
  for (const magic of magics) {
    const found = word();
    if (found !== magic) throw new RangeError(`0x${found.toString(16)} at its head instead of 0x${magic.toString(16)}`);
  }
  const messages: (readonly WireField[])[] = [];
  while (position < bytes.length) {
    const size = word();
    if (size > bytes.length - position)
      throw new RangeError(`a message of ${size} bytes at ${position} of ${bytes.length}`);
    messages.push(readMessage(bytes.subarray(position, position + size)));
    position += size;
  }
  return messages;
}

async function readSmallFile(path: string): Promise<Uint8Array | undefined> {
  try {
    // Neither is followed nor waited for what somebody may have put there instead of a file: a link, a fifo.
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) throw new RangeError("it is not a file");
    if (found.size > LargestBytes) throw new RangeError(`it has ${found.size} bytes`);
    return await file.readFile();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new CriuError("ERR_CRIU_IMAGE_DIRECTORY", `${path} cannot be read: ${asError(cause).message}`, { cause });
  }
}
