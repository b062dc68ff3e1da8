import { formatSummary, type Summary } from "./measurement.ts";

/** One line of a table: texts as they are, measured values with their range. */
export type Row = readonly [name: string, ...cells: readonly (Summary | string)[]];

/** A table in Markdown; numbers to the right. */
export function table(head: readonly [string, ...string[]], rows: readonly Row[]): string {
  const lines = rows.map((row) => row.map((cell) => (typeof cell === "string" ? cell : formatSummary(cell))));
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const format = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const ruler = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [format(head), format(ruler), ...lines.map(format)].join("\n");
}
