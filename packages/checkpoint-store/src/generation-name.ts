/** Where a generation is in its life. The name of its directory says it, and `rename(2)` alone changes it. */
export type GenerationState = "staging" | "complete" | "restoring" | "consumed" | "quarantined";

/** What the name of a generation's directory says. */
export interface GenerationName {
  /** Counts up by one with every checkpoint of this image directory. */
  readonly number: number;
  readonly state: GenerationState;
  /** Who writes, restores or has restored it; absent for `complete` and `quarantined`. */
  readonly claimant?: string;
}

/** Largest number that a name can have. */
export const LargestNumber = 999_999_999_999;
/** What a claimant may be called. */
export const ClaimantPattern: RegExp = /^[A-Za-z0-9-]{1,80}$/;

const States = ["staging", "complete", "restoring", "consumed", "quarantined"] as const;
const Owned: ReadonlySet<GenerationState> = new Set(["staging", "restoring", "consumed"]);
const Pattern = /^(\d{6,12})\.([a-z]+)(?:\.([A-Za-z0-9-]{1,80}))?$/;

/** Pure: `000012.complete`, `000012.restoring.web-0-1f2e3d4c`. */
export function formatGenerationName({ number, state, claimant }: GenerationName): string {
  const base = `${String(number).padStart(6, "0")}.${state}`;
  return claimant === undefined ? base : `${base}.${claimant}`;
}

/** Pure: the opposite; `undefined` for a name that is not one of ours. */
export function parseGenerationName(name: string): GenerationName | undefined {
  const [, digits = "", word = "", claimant] = Pattern.exec(name) ?? [];
  const state = States.find((one) => one === word);
  if (state === undefined || Owned.has(state) !== (claimant !== undefined)) return undefined;
  const parsed = { number: Number(digits), state, ...(claimant === undefined ? {} : { claimant }) };
  // One name for one generation: `0000012.complete` would be a second one of `000012.complete`.
  return formatGenerationName(parsed) === name ? parsed : undefined;
}

/** Pure: whether a word may be a claimant: it becomes part of a directory's name. */
export function isClaimant(word: string): boolean {
  return ClaimantPattern.test(word);
}
