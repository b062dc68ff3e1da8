import { pathOf, type StoreContext } from "./context.ts";
import type { GenerationName } from "./generation-name.ts";
import { deadAfterMs } from "./lease.ts";
import { type Below, byAge, isSuperseded, newestRestorable } from "./lineage.ts";

/** A checkpoint that another container is writing. */
export interface Making {
  readonly number: number;
  readonly by: string;
  /** A lease of its container was seen to change. Until then that may as well have been killed. */
  readonly isAlive: boolean;
}

/** Pure: generations of other containers that will be newer than any that may be restored, if they are finished; the newest first. */
export function newestStaging(
  names: readonly GenerationName[],
  { claimant, olderThan = Number.POSITIVE_INFINITY }: Below & { readonly claimant: string },
): readonly GenerationName[] {
  const newest = newestRestorable(names, { olderThan })?.number ?? 0;
  return names
    .filter((name) => name.state === "staging" && name.claimant !== claimant)
    .filter((name) => name.number > newest && name.number < olderThan && !isSuperseded(name, names))
    .toSorted(byAge)
    .reverse();
}

/**
 * The newest checkpoint that a container which is not known to be dead is writing. A pod of a Deployment that is deleted is replaced at once, and so is
 * every pod that is deleted by force: the application's state is still on its way to the volume when the next container looks for it.
 */
export async function inTheMaking(
  context: StoreContext,
  names: readonly GenerationName[],
  { olderThan }: Below,
): Promise<Making | undefined> {
  const { claimant, leases, leaseMs } = context;
  for (const name of newestStaging(names, { claimant, olderThan })) {
    const generation = pathOf(context, name);
    if ((await leases.unchangedMs(generation, { closely: true })) >= deadAfterMs(name.state, leaseMs)) continue;
    return { number: name.number, by: name.claimant ?? "", isAlive: leases.isHolderAlive(generation) };
  }
  return undefined;
}
