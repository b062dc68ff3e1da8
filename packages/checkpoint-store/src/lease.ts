import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { StoreClock } from "./clock.ts";
import { openPlain } from "./durable.ts";
import type { StoreLogger } from "./logger.ts";
import { codeOf } from "./system-error.ts";

/** Name of the file whose changes show that the holder of a generation is alive. */
const LeaseName = "lease";
/** Renewals per lease: a holder must miss all of them to seem dead. */
const RenewalsPerLease = 5;

/** A lease that is being renewed. */
export interface Renewal {
  stop(): void;
}

/**
 * Writes the lease, and goes on doing so. What is written is a counter, so that every renewal changes the file whatever the clock says; its
 * length stays the same, so that it can be renewed on a full disk.
 *
 * Nothing depends on it for safety. One that cannot be written makes this container seem dead: another may then take the claim over, and
 * this one fails at its own rename.
 */
export async function holdLease(
  generation: string,
  { leaseMs, log }: { readonly leaseMs: number; readonly log: StoreLogger },
): Promise<Renewal> {
  const path = join(generation, LeaseName);
  let count = 0;
  let stopped = false;
  let renewing = false;

  async function renew(): Promise<void> {
    // A volume that hangs shall not hang every thread of the runtime.
    if (renewing) return;
    renewing = true;
    try {
      await using handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
      await handle.write(`${String(++count).padStart(15, "0")}\n`, 0);
    } catch (error) {
      if (stopped) return;
      // The directory has another name now: taken over, or about to be told so by its own rename.
      if (codeOf(error) === "ENOENT") stop();
      else log.warn({ path, error }, "the lease cannot be renewed: another container may take this one for dead");
    } finally {
      renewing = false;
    }
  }

  const timer = setInterval(() => void renew(), leaseMs / RenewalsPerLease);
  timer.unref();
  function stop(): void {
    stopped = true;
    clearInterval(timer);
  }
  await renew();
  return { stop };
}

/** Tells whether the holder of a generation seems dead, by watching its lease *not change*. */
export interface LeaseWatch {
  /** How long the lease in this directory is known not to have changed, in milliseconds of the own clock; 0 at the first look. */
  unchangedMs(generation: string): Promise<number>;
  /** Whether it was seen to change: its holder was alive then. */
  hasChanged(generation: string): boolean;
}

/** Remembers what it saw across calls, so that several short waits judge as well as one long one. */
export function watchLeases(clock: StoreClock): LeaseWatch {
  const seen = new Map<string, { readonly mark: string; readonly since: number; readonly changed: boolean }>();
  return {
    unchangedMs: async (generation) => {
      const mark = await markOf(join(generation, LeaseName));
      const before = seen.get(generation);
      if (before?.mark === mark) return clock.now() - before.since;
      seen.set(generation, { mark, since: clock.now(), changed: before !== undefined });
      return 0;
    },
    hasChanged: (generation) => seen.get(generation)?.changed === true,
  };
}

/** Opened, not only looked at: network file systems fetch fresh attributes when a file is opened. */
async function markOf(path: string): Promise<string> {
  try {
    await using handle = await openPlain(path);
    const { mtimeNs } = await handle.stat({ bigint: true });
    const buffer = Buffer.alloc(64);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return `${mtimeNs} ${buffer.toString("latin1", 0, bytesRead)}`;
  } catch {
    return "no lease";
  }
}
