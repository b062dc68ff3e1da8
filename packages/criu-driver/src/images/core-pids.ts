import { readdir } from "node:fs/promises";
import { asError, CriuError } from "../error.ts";

/**
 * The processes and threads of a checkpoint, by the names of its `core-<tid>.img` files, ascending. They are the ids that a restore needs free.
 *
 * @throws CriuError `ERR_CRIU_IMAGE_DIRECTORY` when the directory cannot be read
 */
export async function listCorePids(imageDirectory: string): Promise<readonly number[]> {
  try {
    return corePids(await readdir(imageDirectory));
  } catch (error) {
    throw new CriuError(
      "ERR_CRIU_IMAGE_DIRECTORY",
      `the image directory ${imageDirectory} cannot be read: ${asError(error).message}`,
      {
        cause: error,
      },
    );
  }
}

/** Pure: the ids in file names. */
function corePids(names: readonly string[]): readonly number[] {
  return names
    .flatMap((name) => {
      const id = /^core-([1-9]\d{0,9})\.img$/.exec(name)?.[1];
      return id === undefined ? [] : [Number(id)];
    })
    .sort((one, other) => one - other);
}
