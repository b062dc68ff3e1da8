import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import type { StoreClock } from "./clock.ts";
import { openPlain } from "./durable.ts";
import { type GenerationState, parseGenerationName } from "./generation-name.ts";
import type { StoreLogger } from "./logger.ts";
import { codeOf } from "./system-error.ts";

/** Name of the file whose changes show that the holder of a generation is alive. */
const LeaseName = "lease";
/** Renewals per lease: a holder must miss all of them to seem dead. */
const RenewalsPerLease = 5;
/** After this part of a lease without a look, renewals may be missing because nothing could be written either. */
const StandstillLeases = 0.5;
/**
 * Whoever takes a writing container for dead while it lives loses the application's state: it is waited for longer than one that restores, whose own rename
 * fails then. No longer than that: the next container waits this long for every one that was killed while it wrote.
 */
const StagingLeases = 2;

/** A lease that is being renewed. */
export interface Renewal {
  stop(): void;
}

/**
 * Writes the lease, and goes on doing so. What is written is a counter, so that every renewal changes the file whatever the clock says; its
 * length stays the same, so that it can be renewed on a full disk.
 *
 * No state is ever restored twice for the want of it. One that cannot be written makes this container seem dead: another may then take the claim over, or
 * remove what is being written here, and this one fails at its own rename.
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

/** How long the lease of a generation in this state must not have changed for its holder to count as dead, in milliseconds. */
export function deadAfterMs(state: GenerationState, leaseMs: number): number {
  return state === "staging" ? StagingLeases * leaseMs : leaseMs;
}

/** How much time without an answer makes a look worth nothing to somebody who looks again and again, in milliseconds. */
export function standstillMs(leaseMs: number): number {
  return StandstillLeases * leaseMs;
}

/** Tells whether the holder of a generation seems dead, by watching its lease *not change*. */
export interface LeaseWatch {
  /**
   * How long the lease in this directory is known not to have changed, in milliseconds of the own clock; 0 at the first look.
   *
   * `closely` is for who looks again and again: when a look has taken half a lease, or come so late, the watching begins anew. A volume or a machine that
   * stood still has kept the holder from renewing as it has kept us from looking, and the first look afterwards may come before the first renewal.
   */
  unchangedMs(generation: string, how?: { readonly closely: boolean }): Promise<number>;
  /** Whether a lease of its holder was seen to change, this one or another: that was alive then. */
  isHolderAlive(generation: string): boolean;
}

/** Remembers what it saw across calls, so that several short waits judge as well as one long one. */
export function watchLeases({ clock, leaseMs }: { readonly clock: StoreClock; readonly leaseMs: number }): LeaseWatch {
  const seen = new Map<string, { readonly mark: string; readonly since: number; readonly lookedAt: number }>();
  const alive = new Set<string | undefined>();
  return {
    unchangedMs: async (generation, { closely } = { closely: false }) => {
      const begun = clock.now();
      const mark = await markOf(join(generation, LeaseName));
      const lookedAt = clock.now();
      const before = seen.get(generation);
      if (before !== undefined && before.mark !== mark) alive.add(holderOf(generation));
      const stoodStill = before !== undefined && lookedAt - before.lookedAt > standstillMs(leaseMs);
      const goesOn = before?.mark === mark && !(closely && stoodStill);
      const since = goesOn ? before.since : lookedAt;
      seen.set(generation, { mark, since, lookedAt });
      return Math.max(0, begun - since);
    },
    isHolderAlive: (generation) => alive.has(holderOf(generation)),
  };
}

function holderOf(generation: string): string | undefined {
  return parseGenerationName(basename(generation))?.claimant;
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
