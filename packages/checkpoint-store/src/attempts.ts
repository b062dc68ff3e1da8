import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { openPlain } from "./durable.ts";
import type { StoreLogger } from "./logger.ts";

/** Containers that have claimed a generation in vain, since it was made, restored or set apart the last time. */
export interface Attempts {
  /** They seemed dead, and their claim was taken over. A restore that needs more memory than there is does this to container after container. */
  readonly died: number;
  /** They lived to say that it failed for their own sake, or for the volume's, and not for the checkpoint's. */
  readonly failed: number;
}

/** So many deaths, and it is not tried once more. */
export const DeathsLimit = 3;

const AttemptsName = "attempts";
const Digits = 6;

/** What is written there; none where nothing is, or nothing that can be read. */
export async function readAttempts(generation: string): Promise<Attempts> {
  try {
    await using handle = await openPlain(join(generation, AttemptsName));
    const buffer = Buffer.alloc(64);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const [, died, failed] = /^died (\d{6}) failed (\d{6})\n/.exec(buffer.toString("latin1", 0, bytesRead)) ?? [];
    return { died: Number(died ?? 0), failed: Number(failed ?? 0) };
  } catch {
    return { died: 0, failed: 0 };
  }
}

/**
 * Writes them, on the disk when it resolves. Always of one length and over what was there, so that they can be counted on a full disk too, which may be what
 * the attempts failed for: {@link reserveAttempts} has made the room.
 *
 * @throws the system's error
 */
export async function writeAttempts(generation: string, { died, failed }: Attempts): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  await using handle = await open(join(generation, AttemptsName), flags, 0o600);
  const [deaths, failures] = [died, failed].map((count) => String(count).padStart(Digits, "0"));
  await handle.write(`died ${deaths} failed ${failures}\n`, 0);
  await handle.sync();
}

/** Counts one that failed. One that cannot be counted is tried once more than it should: that costs time, and no state. */
export async function countFailure(generation: string, { died, failed }: Attempts, log: StoreLogger): Promise<void> {
  await writeAttempts(generation, { died, failed: failed + 1 }).catch((error: unknown) => {
    log.warn(
      { generation, error },
      "the failed restore could not be counted on the volume: the checkpoint may be tried once more than it should",
    );
  });
}

/** Nobody has tried it yet. Never fails: where there is no room for a line, there is none for a checkpoint either, and that is found out without this. */
export async function reserveAttempts(generation: string): Promise<void> {
  await writeAttempts(generation, { died: 0, failed: 0 }).catch(() => {});
}

/** It was restored, or set apart: whoever renames it by hand to have it tried again begins anew. Never fails. */
export async function forgetAttempts(generation: string): Promise<void> {
  const { died, failed } = await readAttempts(generation);
  if (died > 0 || failed > 0) await reserveAttempts(generation);
}
