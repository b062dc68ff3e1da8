import type { GenerationName } from "./generation-name.ts";

/** Which generations an operation may look at. */
export interface Below {
  /** Only generations with a smaller number. */
  readonly olderThan?: number | undefined;
}

/** Pure: number of the newest generation that was restored; 0 when none was. */
export function newestConsumed(names: readonly GenerationName[]): number {
  return Math.max(0, ...names.filter(({ state }) => state === "consumed").map(({ number }) => number));
}

/**
 * Pure: true for a generation that the application has lived on from: an older one than the newest consumed. With the *same* number as that one
 * it is another checkpoint, committed by a second container at the same moment, since a generation has only one name.
 */
export function isSuperseded({ number }: GenerationName, names: readonly GenerationName[]): boolean {
  return number < newestConsumed(names);
}

/** Pure: the newest generation that may be restored or is being restored; `undefined` when there is none. */
export function newestRestorable(
  names: readonly GenerationName[],
  { olderThan = Number.POSITIVE_INFINITY }: Below = {},
): GenerationName | undefined {
  return names
    .filter(({ state, number }) => (state === "complete" || state === "restoring") && number < olderThan)
    .filter((name) => !isSuperseded(name, names))
    .toSorted(byAge)
    .at(-1);
}

/** Pure: the number of the next checkpoint, larger than any that is there, in whatever state. */
export function nextNumber(names: readonly GenerationName[]): number {
  return Math.max(0, ...names.map(({ number }) => number)) + 1;
}

/** Pure: for sorting, the oldest first. Of one number, the one that is held comes last: it decides. */
export function byAge(one: GenerationName, other: GenerationName): number {
  return one.number - other.number || Number(one.state === "restoring") - Number(other.state === "restoring");
}
