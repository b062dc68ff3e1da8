import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DigestAlgorithm } from "./chunk-hasher.ts";
import type { StoreClock } from "./clock.ts";
import { formatGenerationName, type GenerationName, parseGenerationName } from "./generation-name.ts";
import type { LeaseWatch } from "./lease.ts";
import { byAge } from "./lineage.ts";
import type { StoreLogger } from "./logger.ts";
import type { MakeFifo } from "./put-back/make-fifo.ts";
import type { SetTimes } from "./put-back/times.ts";
import { readError } from "./system-error.ts";

/** What the operations of one open store share. */
export interface StoreContext {
  /** The image directory. */
  readonly root: string;
  readonly claimant: string;
  readonly digest: DigestAlgorithm;
  readonly leaseMs: number;
  readonly makeFifo: MakeFifo;
  readonly setTimes: SetTimes | undefined;
  readonly clock: StoreClock;
  readonly log: StoreLogger;
  readonly leases: LeaseWatch;
  /** The newest claim of each generation by this process. */
  readonly claims: Map<number, symbol>;
  /** Awaited before each step that changes the disk: tests stop, kill or fail there. */
  readonly step: (name: string) => Promise<void>;
}

/** The directory of a generation. */
export function pathOf({ root }: Pick<StoreContext, "root">, name: GenerationName): string {
  return join(root, formatGenerationName(name));
}

/** Every generation's name, the oldest first. A link of such a name is none: nothing outside of the image directory is ever looked at. */
export async function generationNames({ root }: Pick<StoreContext, "root">): Promise<readonly GenerationName[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? (parseGenerationName(entry.name) ?? []) : [])).sort(byAge);
  } catch (error) {
    throw readError(error, `reading the image directory ${root}`);
  }
}
