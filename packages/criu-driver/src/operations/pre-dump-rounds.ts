import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CriuError } from "../error.ts";
import type { CriuOptions, DumpOptions } from "../options.ts";
import { withDefaults } from "./context.ts";
import { type DumpResult, runDump } from "./dump.ts";

/** Options of repeated pre-dumps. */
export interface PreDumpRoundsOptions extends Omit<DumpOptions, "previousImages" | "trackMemory" | "whenFrozen"> {
  /** Existing, empty directory: each round makes a directory of its own in it, named `1`, `2`, … */
  readonly imageDirectory: string;
  /** @defaultValue no limit: the caller stops iterating */
  readonly maxRounds?: number | undefined;
}

/** One pre-dump. */
export interface PreDumpRound {
  /** From 1. */
  readonly round: number;
  readonly result: DumpResult;
  /** Pages written in this round divided by pages scanned, 0 to 1: stop when it stops falling. 1 when CRIU told neither. */
  readonly dirtyRatio: number;
  /** `previousImages` of a dump into another directory beside this round's. */
  readonly previousImages: string;
}

/** Repeats `criu pre-dump`. See {@link Criu.preDumpRounds}. */
export async function* preDumpRounds(
  driver: CriuOptions,
  given: PreDumpRoundsOptions,
): AsyncGenerator<PreDumpRound, void, undefined> {
  const { maxRounds = Number.POSITIVE_INFINITY, ...options } = withDefaults(driver, given);
  if (!(maxRounds >= 1))
    throw new CriuError("ERR_CRIU_INVALID_OPTION", `maxRounds must be at least 1, not ${maxRounds}`);
  for (let round = 1; round <= maxRounds; round++) {
    const imageDirectory = join(options.imageDirectory, String(round));
    try {
      await mkdir(imageDirectory);
    } catch (cause) {
      throw new CriuError("ERR_CRIU_IMAGE_DIRECTORY", `${imageDirectory} cannot be made for a pre-dump`, { cause });
    }
    const result = await runDump(driver, "pre-dump", {
      ...options,
      // Each round has a log of its own, unless the caller wants them in one place.
      workDirectory: options.workDirectory ?? imageDirectory,
      imageDirectory,
      trackMemory: true,
      ...(round === 1 ? {} : { previousImages: `../${round - 1}` }),
    });
    yield { round, result, dirtyRatio: dirtyRatio(result), previousImages: `../${round}` };
  }
}

function dirtyRatio({ stats }: DumpResult): number {
  if (stats === undefined || stats.pagesScanned === 0n) return 1;
  return Math.min(1, Number(stats.pagesWritten) / Number(stats.pagesScanned));
}
