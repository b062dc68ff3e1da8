const Units = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
] as const;

/** Pure: `5d3h2m10s`. Whole, so that two machines that booted in the same hour are told apart. */
export function uptimeText(ms: number): string {
  let left = Math.floor(ms / 1000);
  const parts: string[] = [];
  for (const [unit, seconds] of Units) {
    const count = Math.floor(left / seconds);
    if (count > 0) parts.push(`${count}${unit}`);
    left -= count * seconds;
  }
  return parts.join("") || "0s";
}
