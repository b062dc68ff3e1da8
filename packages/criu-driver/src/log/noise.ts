/**
 * Errors that CRIU logs in runs that succeed as well, or that only repeat that something failed. They are never the headline while there is another.
 */
const Harmless: readonly RegExp[] = [
  /^Unable to create tun/,
  /^Can't setup RLIMIT_NOFILE for self/,
  /^Unable to detach from \d+/,
  /^Unable to get \$HOME directory/,
];

/** What follows a failure, from the innermost to the outermost. */
const Consequence: readonly RegExp[] = [
  /^Dumping FAILED/,
  /^Restoring FAILED/,
  /^Pre-dumping FAILED/,
  /^Dump (files|mm|mappings|core|child|ns|task) .*failed with -?\d+/,
  /^Can't (dump|collect) (task|files|file)\b.*$/,
  /^One of more action scripts failed/,
  /^(Pre dump script failed|Aborting restore due to .* script)/,
  /^exited, status=\d+/,
  /^\d+ exited, status=\d+/,
  /^\d+ killed by signal \d+/,
  /^killed by signal \d+/,
  /^Killing processes because of failure on restore/,
  /^\d+ was not (killed|restored)/,
];

/** How much a line's text says about a failure's cause. */
export type Significance = "cause" | "consequence" | "harmless";

/** Pure: tells an error that explains something from one that does not. A part of CRIU may put its name in front (`rlimit: Can't …`). */
export function significanceOf(text: string): Significance {
  const bare = text.replace(/^[a-z][\w-]*: /, "");
  if (Harmless.some((pattern) => pattern.test(bare))) return "harmless";
  if (Consequence.some((pattern) => pattern.test(bare))) return "consequence";
  return "cause";
}
