/** Kubernetes' suffixes: binary with an `i`, decimal without (and a lower-case `k`). */
const unitBytes: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `512Mi`, `1Gi`, `1.5Gi`, `1G`, `1048576`: a quantity as Kubernetes writes it. */
export const bytesPattern = "^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$";

const bytesShape = new RegExp(bytesPattern, "u");

/** Whole bytes, or `undefined` when the text is not a quantity or is beyond 2^53. A plain number counts bytes, as in Kubernetes. */
export function parseBytes(quantity: string | number): number | undefined {
  const text = String(quantity);
  if (!bytesShape.test(text)) return undefined;
  const unit = text.replace(/^[0-9.]+/u, "");
  const bytes = Math.round(Number(text.slice(0, text.length - unit.length)) * (unitBytes[unit] ?? Number.NaN));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The largest unit that says exactly this, binary before decimal: 1073741824 → `1Gi`, 1500 → `1500`. */
export function formatBytes(bytes: number): string {
  for (const unit of ["Ti", "Gi", "Mi", "Ki", "T", "G", "M", "k"]) {
    const size = unitBytes[unit] ?? 1;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}
