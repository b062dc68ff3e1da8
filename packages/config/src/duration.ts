/** Milliseconds in a unit, as both notations name it. */
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `30s`, `2m`, `1500ms`, `1h`, `1m30s`, with decimals (`1.5s`), or ISO 8601 (`PT30S`, `PT1M30S`). Anchored; no upper limit here. */
export const durationPattern =
  "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$";

const durationShape = new RegExp(durationPattern, "u");
const part = /(\d+(?:\.\d+)?)(ms|[hms])/gu;

/** Longest duration that a timer can hold: `setTimeout` counts in 32 bits and fires at once beyond it. */
export const longestDurationMs = 2_147_483_647;

/**
 * Whole milliseconds, or `undefined` when the text is not a duration (also when it is longer than {@link longestDurationMs}).
 * A bare number is none: `30` could be seconds or milliseconds.
 */
export function parseDuration(text: string): number | undefined {
  if (!durationShape.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.replace(/^PT/u, "").toLowerCase().matchAll(part)) {
    totalMs += Number(amount) * (unitMs[unit ?? ""] ?? Number.NaN);
  }
  const wholeMs = Math.round(totalMs);
  return wholeMs <= longestDurationMs ? wholeMs : undefined;
}

/** The shortest notation in one unit that says exactly this: 120000 → `2m`, 1500 → `1500ms`. */
export function formatDuration(ms: number): string {
  for (const unit of ["h", "m", "s"]) {
    const size = unitMs[unit] ?? 1;
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return ms === 0 ? "0s" : `${ms}ms`;
}
