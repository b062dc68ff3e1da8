import type { GenerationName, GenerationState } from "./generation-name.ts";
import { byAge, newestConsumed } from "./lineage.ts";

/** What may stay in an image directory. */
export interface Retention {
  /** Generations that stay, the newest ones, at least 1. */
  readonly generations: number;
  /** Oldest generations go until the rest fits, in bytes. @defaultValue no limit */
  readonly bytes?: number | undefined;
}

/** What {@link retain} decides from. */
export interface Retained extends GenerationName {
  readonly bytes: number;
  /** True when it could be restored: readable, with the right sizes. */
  readonly good: boolean;
  /** Of a consumed one: it has run. Without it nobody knows, and it may still be given back. */
  readonly resumed?: boolean | undefined;
}

/** What goes. */
export interface RetentionPlan {
  /** Whole generations. */
  readonly remove: readonly GenerationName[];
  /** The newest consumed one, when it does not fit: its content goes, its name stays, since it says that older ones are never restored. */
  readonly strip: readonly GenerationName[];
}

/**
 * Pure: what goes. Never: a generation that is being written or restored, the newest complete one and the newest good one of these, and the name of the newest
 * consumed one.
 * Superseded generations, which can never be restored again, go in any case; then, when there are too many or they are too large, the
 * quarantined, the consumed, and the complete, the oldest of each first.
 */
export function retain(
  all: readonly Retained[],
  { generations, bytes = Number.POSITIVE_INFINITY }: Retention,
): RetentionPlan {
  const consumed = newestConsumed(all);
  const sorted = [...all].sort(byAge).reverse();
  const of = (state: GenerationState): Retained[] => sorted.filter((one) => one.state === state);
  const remove = new Set<Retained>([...of("complete"), ...of("quarantined")].filter(({ number }) => number < consumed));
  for (const one of of("consumed")) if (one.number < consumed) remove.add(one);

  const complete = of("complete").filter((one) => !remove.has(one));
  const quarantined = of("quarantined").filter((one) => !remove.has(one));
  const restored = of("consumed").filter((one) => !remove.has(one));
  // The newest may only be unreadable just now: an error of the volume while it was looked at must not cost it.
  const keepAlways = new Set([complete.find(({ good }) => good), complete[0]]);
  const strip = new Set<Retained>();

  const count = Math.max(1, generations);
  complete.forEach((one, index) => {
    if (index >= count && !keepAlways.has(one)) remove.add(one);
  });
  for (const one of quarantined.slice(count)) remove.add(one);
  if (complete.length - countOf(complete, remove) >= count)
    for (const one of restored) if (one.resumed === true) strip.add(one);

  const evictable = [...quarantined.toReversed(), ...restored, ...complete.toReversed()].filter(
    (one) => !keepAlways.has(one),
  );
  let total = all.filter(({ state }) => state !== "staging").reduce((sum, one) => sum + one.bytes, 0);
  for (const one of [...remove, ...strip]) total -= one.bytes;
  for (const one of evictable) {
    if (total <= bytes) break;
    if (remove.has(one) || strip.has(one)) continue;
    (one.state === "consumed" ? strip : remove).add(one);
    total -= one.bytes;
  }
  return { remove: [...remove], strip: [...strip] };
}

function countOf<T>(list: readonly T[], set: ReadonlySet<T>): number {
  return list.filter((one) => set.has(one)).length;
}
