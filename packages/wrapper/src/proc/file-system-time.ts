import { lstatSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Now, by the clock that gives files their times: coarser than the clock of programs, and a file that is changed a moment later may otherwise seem older.
 *
 * @param folder - any local folder that can be written to
 * @returns nanoseconds since 1970
 */
function fileSystemTime(folder: string): bigint {
  const mark = join(folder, "now");
  writeFileSync(mark, "");
  const { ctimeNs } = lstatSync(mark, { bigint: true });
  rmSync(mark);
  return ctimeNs;
}

/** A moment, for the question what has changed since. */
export interface ChangeMark {
  /** Nanoseconds since 1970: a file whose ctime is not earlier has changed since the mark. */
  sinceNs(): bigint;
}

/**
 * Marks this moment. File times come from the clock of the wall, and a node's is often set back in its first minutes: what changes after that
 * seems to be older than the mark. So the mark goes back with it; what is then carried for nothing is what the container image was unpacked with.
 *
 * @param now - for tests: both clocks in milliseconds
 */
export function markChanges(folder: string, now: () => Clocks = systemClocks): ChangeMark {
  const atNs = fileSystemTime(folder);
  const before = aheadMs(now());
  return {
    sinceNs: () => atNs - BigInt(Math.ceil(Math.max(0, before - aheadMs(now())) * 1e6)),
  };
}

/** The clock of the wall, and the one that is never set. */
interface Clocks {
  readonly wallMs: number;
  readonly steadyMs: number;
}

function systemClocks(): Clocks {
  return { wallMs: Date.now(), steadyMs: performance.now() };
}

function aheadMs({ wallMs, steadyMs }: Clocks): number {
  return wallMs - steadyMs;
}
