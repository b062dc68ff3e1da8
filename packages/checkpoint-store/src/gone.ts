import { join } from "node:path";
import { ResumedName } from "./claimed.ts";
import { pathOf, type StoreContext } from "./context.ts";
import { exists } from "./durable.ts";
import type { GenerationName } from "./generation-name.ts";
import { type Below, byAge, newestConsumed } from "./lineage.ts";
import { PassedOver, type QuarantineRecord, readReason } from "./quarantine.ts";

/** A generation that is not to be had any more. */
export type GoneGeneration =
  /** Without `resumed` nobody can tell whether it ever ran. */
  | { readonly kind: "consumed"; readonly number: number; readonly by: string; readonly resumed: boolean }
  | { readonly kind: "quarantined"; readonly number: number; readonly reason: QuarantineRecord | undefined };

/**
 * The newest of the generations that were restored or quarantined. One that was passed over belongs to a life that has ended: what came of it is
 * nobody's question any more.
 */
export async function newestGone(
  context: Pick<StoreContext, "root">,
  names: readonly GenerationName[],
  { olderThan = Number.POSITIVE_INFINITY }: Below,
): Promise<GoneGeneration | undefined> {
  const consumed = newestConsumed(names);
  for (const name of names.toSorted(byAge).reverse()) {
    const { number, state, claimant: by = "" } = name;
    if (number >= olderThan || number < consumed) continue;
    if (state === "consumed") {
      return { kind: state, number, by, resumed: await exists(join(pathOf(context, name), ResumedName)) };
    }
    if (state !== "quarantined") continue;
    const reason = await readReason(pathOf(context, name));
    if (reason?.code !== PassedOver) return { kind: state, number, reason };
  }
  return undefined;
}
