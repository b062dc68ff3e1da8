/** Where a generation is in its life. The name of its directory says it, and `rename(2)` alone changes it. */
export type GenerationState = "staging" | "complete" | "restoring" | "consumed" | "quarantined";

/** What the name of a generation's directory says. */
export interface GenerationName {
  readonly number: number;
  readonly state: GenerationState;
  /** Who writes, restores or has restored it; absent for `complete` and `quarantined`. */
  readonly claimant?: string;
}

const Claimed: ReadonlySet<string> = new Set(["staging", "restoring", "consumed"]);

/** Pure: `000012.complete`, `000012.restoring.web-0-1f2e3d4c`. */
export function formatGenerationName({ number, state, claimant }: GenerationName): string {
  const base = `${String(number).padStart(6, "0")}.${state}`;
  return claimant === undefined ? base : `${base}.${claimant}`;
}

/** Pure: the opposite; `undefined` for a name that is not one of ours. */
export function parseGenerationName(name: string): GenerationName | undefined {
  const match = /^(\d{6,12})\.(staging|complete|restoring|consumed|quarantined)(?:\.([a-zA-Z0-9-]{1,80}))?$/.exec(name);
  if (match === null) return undefined;
  const [, digits = "", state = "", claimant] = match;
  if (Claimed.has(state) !== (claimant !== undefined)) return undefined;
  const known = (["staging", "complete", "restoring", "consumed", "quarantined"] as const).find((one) => one === state);
  if (known === undefined) return undefined;
  return { number: Number(digits), state: known, ...(claimant === undefined ? {} : { claimant }) };
}
