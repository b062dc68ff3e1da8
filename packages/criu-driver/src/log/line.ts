/** One line of CRIU's log. */
export interface CriuLogLine {
  /** From 1, in the file. */
  readonly lineNumber: number;
  readonly level: "error" | "warn" | "info";
  /** Seconds since CRIU started; only above `-v2`. */
  readonly elapsedSeconds?: number;
  /** The process that wrote it, when that was not CRIU itself: a task being restored. */
  readonly pid?: number;
  /** Where in CRIU, e.g. `criu/sk-tcp.c:87`. */
  readonly source?: string;
  readonly text: string;
}

/** The part of a log that explains a failure. */
export interface CriuLogExcerpt {
  readonly file: string;
  /** The cause, as far as the log tells: the best single line to show. Not the first error: CRIU logs errors in good runs too. */
  readonly headline?: CriuLogLine;
  /** The last run of errors and what was logged just before each; a jump of `lineNumber` is a gap. */
  readonly lines: readonly CriuLogLine[];
}

/** `(00.001234) `: CRIU overwrites the last digit with the parenthesis from the 100th second on. */
const Timestamp = /^\((\d+\.\d+)\)\s/;
/** `    44: ` in front of what a restored task logs, `pie: 44: ` from inside of one. */
const Writer = /^(?:pie: )?\s*(\d{1,10}): (?=\S)/;
const Levelled = /^(Error|Warn)\s+\(([^()\s]+:\d+)\): ?/;

/** Pure: reads one line. Every text is a line: what does not look like CRIU's is information. */
export function parseLogLine(text: string, lineNumber: number): CriuLogLine {
  let rest = text;
  const elapsed = Timestamp.exec(rest);
  if (elapsed !== null) rest = rest.slice(elapsed[0].length);
  const writer = Writer.exec(rest);
  if (writer !== null) rest = rest.slice(writer[0].length);
  const levelled = Levelled.exec(rest);
  if (levelled !== null) rest = rest.slice(levelled[0].length);
  return {
    lineNumber,
    level: levelled === null ? "info" : levelled[1] === "Error" ? "error" : "warn",
    ...(elapsed === null ? {} : { elapsedSeconds: Number(elapsed[1]) }),
    ...(writer === null ? {} : { pid: Number(writer[1]) }),
    ...(levelled === null ? {} : { source: levelled[2] ?? "" }),
    text: rest,
  };
}
