import { matchFailure } from "./failures.ts";
import type { CriuLogExcerpt, CriuLogLine } from "./line.ts";
import { significanceOf } from "./noise.ts";
import { readCriuLog } from "./read.ts";

/** How much of a log to show. */
export interface ExcerptOptions {
  /** Lines shown before each error. @defaultValue `5` */
  readonly contextLines?: number | undefined;
  /** Lines in all. @defaultValue `40` */
  readonly maxLines?: number | undefined;
}

/** Errors at most this many lines apart belong to one run of errors. */
const ClusterGap = 5;
/** Of a long log only the end matters, and what stands before the first error hardly ever. */
const KeptLines = 2000;

/**
 * Reads what a log says about a failure.
 *
 * @throws CriuError `ERR_CRIU_IMAGE_DIRECTORY` when the file cannot be read
 */
export async function excerptCriuLog(file: string, options: ExcerptOptions = {}): Promise<CriuLogExcerpt> {
  const kept: CriuLogLine[] = [];
  for await (const line of readCriuLog(file)) {
    kept.push(line);
    if (kept.length > 2 * KeptLines) kept.splice(0, KeptLines);
  }
  return excerptOf(file, kept, options);
}

/** Pure: the excerpt of lines that were read already. */
export function excerptOf(file: string, lines: readonly CriuLogLine[], options: ExcerptOptions = {}): CriuLogExcerpt {
  const { contextLines = 5, maxLines = 40 } = options;
  const telling = lines.filter((line) => line.level === "error" && significanceOf(line.text) !== "harmless");
  const cluster = lastCluster(telling);
  const headline = headlineOf(cluster, telling, lines);
  const centres = headline === undefined || cluster.includes(headline) ? cluster : [headline, ...cluster];
  const shown = lines.filter((line) =>
    centres.some(({ lineNumber }) => line.lineNumber <= lineNumber && line.lineNumber >= lineNumber - contextLines),
  );
  return {
    file,
    ...(headline === undefined ? {} : { headline }),
    lines: shown.length === 0 ? lines.slice(-contextLines) : shown.slice(-maxLines),
  };
}

/** Pure: one printable line of an excerpt, with its place in the file. */
export function formatLogLine(line: CriuLogLine): string {
  const source = line.source === undefined ? "" : ` (${line.source})`;
  const level = line.level === "info" ? "" : `${line.level}${source}: `;
  return `${String(line.lineNumber).padStart(6)}  ${line.pid === undefined ? "" : `${line.pid}: `}${level}${line.text}`;
}

function lastCluster(errors: readonly CriuLogLine[]): readonly CriuLogLine[] {
  let start = errors.length - 1;
  while (start > 0) {
    const [before, here] = [errors[start - 1], errors[start]];
    if (before === undefined || here === undefined || here.lineNumber - before.lineNumber > ClusterGap) break;
    start--;
  }
  return errors.slice(Math.max(0, start));
}

/**
 * A failure that we know, in the last run of errors or anywhere; else the first error there that is not a mere consequence; else the last
 * such error anywhere; else a known failure among the warnings; else whatever there is.
 */
function headlineOf(
  cluster: readonly CriuLogLine[],
  errors: readonly CriuLogLine[],
  lines: readonly CriuLogLine[],
): CriuLogLine | undefined {
  const isCause = (line: CriuLogLine): boolean => significanceOf(line.text) === "cause";
  const isKnown = (line: CriuLogLine): boolean => matchFailure(line.text) !== undefined;
  return (
    cluster.find(isKnown) ??
    errors.findLast(isKnown) ??
    cluster.find(isCause) ??
    errors.findLast(isCause) ??
    lines.findLast((line) => line.level === "warn" && isKnown(line)) ??
    cluster[0]
  );
}
