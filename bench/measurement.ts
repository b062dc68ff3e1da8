/** One quantity, measured several times. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** Condenses measured values. @throws RangeError when there are none */
function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  if (sorted.length === 0) throw new RangeError("nothing was measured");
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
    count: sorted.length,
  };
}

/** `12.3 (11.8–14.0)`: the median, the least and the most. */
export function formatSummary(summary: Summary): string {
  const text = (value: number): string => value.toFixed(value < 100 ? (value < 1 ? 2 : 1) : 0);
  return `${text(summary.median)} (${text(summary.min)}–${text(summary.max)})`;
}

/** Values of several quantities, collected by name. */
export class Samples {
  readonly #values = new Map<string, number[]>();

  add(name: string, value: number): void {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  }

  /** @throws RangeError when nothing has that name */
  summary(name: string): Summary {
    return summarize(this.#values.get(name) ?? []);
  }
}
