/** `153.2 MiB`: sizes as people read them. */
export function bytesText(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (value < 1024) return `${unit === "B" ? value : value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return `${value.toFixed(1)} TiB`;
}

/** How long ago, in the largest unit of which there are two: `90s`, `5m`, `3h`, `12d`. A moment that is yet to come, as another machine's clock may have it, is `0s`. */
export function ageText(moment: string, now: Date): string {
  const seconds = Math.floor((now.getTime() - Date.parse(moment)) / 1000);
  if (Number.isNaN(seconds)) return "?";
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
  ] as const) {
    if (seconds >= 2 * size) return `${Math.floor(seconds / size)}${unit}`;
  }
  return `${Math.max(0, seconds)}s`;
}

/** One visible character for each control character: what a volume contains must not steer the terminal that shows it. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "\uFFFD");
}

/** A command in one line: each word as bash takes it, so that a script of several lines can be read, and steers no terminal. */
export function shellText(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

function shellWord(word: string): string {
  if (/^[\p{L}\p{N}@%+=:,./_-]+$/u.test(word)) return word;
  if (!/\p{Cc}/u.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${word.replaceAll(/[\p{Cc}'\\]/gu, escaped)}'`;
}

function escaped(character: string): string {
  switch (character) {
    case "\n":
      return "\\n";
    case "\t":
      return "\\t";
    case "'":
    case "\\":
      return `\\${character}`;
    default:
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  }
}

/** Columns as wide as their longest cell, two spaces between them, nothing behind the last one. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
