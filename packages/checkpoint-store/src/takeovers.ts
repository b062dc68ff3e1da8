import { constants } from "node:fs";
import { open, unlink } from "node:fs/promises";
import { join } from "node:path";

/** One byte for each container that has taken this generation over from one that seemed dead. */
const TakeoversName = "takeovers";

/** So many takeovers and it is not tried once more. */
export const TakeoversLimit = 3;

/**
 * Counts a takeover. A restore that kills its container, such as one that needs more memory than there is, would otherwise be tried again at every
 * start. What cannot be counted, on a full disk, does not count.
 *
 * @returns how many there were, with this one
 */
export async function countTakeover(generation: string): Promise<number> {
  const flags =
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    await using handle = await open(join(generation, TakeoversName), flags, 0o600);
    await handle.write("x");
    return (await handle.stat()).size;
  } catch {
    return 1;
  }
}

/** The holder lived to give it back. */
export async function forgetTakeovers(generation: string): Promise<void> {
  // Mostly nothing was counted; and that it counts once more than it should is not worth a failure.
  await unlink(join(generation, TakeoversName)).catch(() => {});
}
