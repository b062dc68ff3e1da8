import type { ConfigIssue } from "./issue.ts";

/** Widest excerpt, in columns: what a terminal shows without wrapping. */
const widest = 100;

/**
 * `config.yaml:3:5 error …` with the line and a caret under it; for a variable or a flag its name in front, and no excerpt.
 * Credentials in a URL are starred out, since this goes into logs.
 *
 * @param source - the text of the file, as {@link ConfigError.text} or {@link LoadedConfig.text} has it
 */
export function formatIssue(
  issue: ConfigIssue,
  source: string,
  options: { readonly color?: boolean | undefined } = {},
): string {
  const paint = (code: number, text: string): string =>
    options.color === true ? `\u001B[${code}m${text}\u001B[0m` : text;
  const severity = paint(issue.severity === "error" ? 31 : 33, issue.severity);
  const meant = issue.suggestion === undefined ? "" : `; did you mean ${issue.suggestion}?`;
  const headline = `${paint(1, issuePlace(issue))} ${severity} ${printable(redact(issue.message + meant))}`;
  const excerpt = issue.source.kind === "file" ? excerptOf(issue.source.start, issue.source.end, source) : undefined;
  return excerpt === undefined
    ? headline
    : `${headline}\n${excerpt.line}\n${excerpt.indent}${paint(31, excerpt.carets)}`;
}

/** Where an issue is, in one word: `config.yaml:3:5`, or the name of the variable or flag. */
export function issuePlace({ source }: ConfigIssue): string {
  if (source.kind !== "file") return source.name;
  const { line, column } = source.start;
  return `${source.file === undefined ? "" : `${source.file}:`}${line}:${column}`;
}

type Position = { readonly line: number; readonly column: number };

function excerptOf(
  start: Position,
  end: Position,
  source: string,
): { line: string; indent: string; carets: string } | undefined {
  const line = source.split(/\r?\n/u)[start.line - 1];
  if (line === undefined || line.trim() === "") return undefined;
  const gutter = `${String(start.line).padStart(4)} | `;
  // A long line is cut so that the caret stays in view.
  const from = start.column <= widest - 20 ? 0 : start.column - 20;
  const visible = printable(
    redact(line)
      .slice(from, from + widest)
      .replaceAll("\t", " "),
  );
  const last = end.line === start.line ? end.column : line.length + 1;
  const length = Math.max(1, Math.min(last - start.column, visible.length - (start.column - 1 - from)));
  return {
    line: gutter + visible,
    indent: " ".repeat(gutter.length + start.column - 1 - from),
    carets: "^".repeat(length),
  };
}

/** Same length, so that the caret stays where it belongs. */
function redact(text: string): string {
  return text.replace(/(?<=:\/\/)[^/\s@]+(?=@)/gu, (credentials) => "*".repeat(credentials.length));
}

/** One visible character for each control character: what a file contains must not steer the terminal that shows it. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "\uFFFD");
}
