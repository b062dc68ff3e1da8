import { isScalar, LineCounter, parseDocument, type YAMLError } from "yaml";

import type { ConfigIssue, ConfigIssueCode, SourcePosition } from "./issue.ts";
import { pointerOf } from "./pointer.ts";
import { createNodeReader, isNode, type Place, type Range, rangeOf } from "./read-node.ts";

/** A YAML document as plain data, with the way back to the text. */
export interface YamlSource {
  /** Plain data; mappings have no prototype, so that a key such as `__proto__` is just a key. */
  readonly value: unknown;
  /** What is wrong with the text itself. With a `syntax` error among them, `value` is not to be used. */
  readonly issues: readonly ConfigIssue[];
  /** The place of a value, or of its key; of the nearest mapping or list around it when it is not in the text. */
  locate(
    path: readonly string[],
    part: "key" | "value",
  ): { readonly start: SourcePosition; readonly end: SourcePosition };
}

/** Reads one YAML 1.2 document. Total: whatever the text is, the answer is data and issues. This module is loaded on demand, since the parser is heavy. */
export function readYaml(text: string, file: string | undefined): YamlSource {
  const places = new Map<string, Place>();
  const issues: ConfigIssue[] = [];
  const lineCounter = new LineCounter();
  const spot = ([from, to]: Range): { start: SourcePosition; end: SourcePosition } => {
    const position = (offset: number): SourcePosition => {
      const { line, col } = lineCounter.linePos(offset);
      return { line: Math.max(line, 1), column: Math.max(col, 1), offset };
    };
    return { start: position(from), end: position(Math.max(from, to)) };
  };
  const report = (code: ConfigIssueCode, path: readonly string[], range: Range, message: string): void => {
    issues.push({
      severity: "error",
      code,
      pointer: pointerOf(path),
      message,
      source: { kind: "file", file, ...spot(range) },
    });
  };

  let value: unknown = null;
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
    for (const error of [...document.errors, ...document.warnings]) {
      // The parser recurses, and hands out as an error of the text that some thousand open brackets have exhausted the stack.
      const tooDeep = /call stack|stack overflow/iu.test(error.message);
      report("syntax", [], error.pos, tooDeep ? "the file is nested too deeply" : sentence(error));
      if (tooDeep) break;
    }
    const contents = isNode(document.contents) ? document.contents : null;
    const start = rangeOf(contents)?.[0] ?? 0;
    places.set("", { key: undefined, value: [start, isScalar(contents) ? (rangeOf(contents)?.[1] ?? 0) : start] });
    const read = createNodeReader({ places, report, lineOf: (offset) => lineCounter.linePos(offset).line });
    if (issues.length === 0) value = read(contents, [], [start, start]);
  } catch (error) {
    const reason = error instanceof RangeError ? "is nested too deeply" : `cannot be parsed: ${String(error)}`;
    report("syntax", [], [0, 0], `the file ${reason}`);
  }

  return {
    value,
    issues,
    locate(path, part) {
      for (let length = path.length; length >= 0; length--) {
        const place = places.get(pointerOf(path.slice(0, length)));
        if (place === undefined) continue;
        // What is missing is shown at the key of the mapping that should have it.
        return spot((part === "key" || length < path.length ? place.key : undefined) ?? place.value);
      }
      return spot([0, 0]);
    },
  };
}

/** The parser's words, in our way of writing: no capital, no full stop, no advice about its own API. */
function sentence({ code, message }: YAMLError): string {
  if (code === "MULTIPLE_DOCS") return "the file holds a second document (after ---); only one can be read";
  if (code === "TAG_RESOLVE_FAILED") return `${message.replace(/^Unresolved tag:/u, "the tag")} has no meaning here`;
  const line = message.split("\n")[0]?.replace(/[.:]?\s*$/u, "") ?? "";
  return line.charAt(0).toLowerCase() + line.slice(1);
}
