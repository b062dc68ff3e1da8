import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";

import type { ConfigIssue, ConfigIssueCode, SourcePosition } from "./issue.ts";
import { pointerOf, spoken } from "./pointer.ts";

/** A configuration has some dozen values. Aliases are followed, so this also bounds what a few lines of them can grow into. */
const mostValues = 10_000;
const deepest = 32;

/** Offsets of a key and of its value in the text. */
interface Place {
  readonly key: readonly [start: number, end: number] | undefined;
  readonly value: readonly [start: number, end: number];
}

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
  const position = (offset: number): SourcePosition => {
    const { line, col } = lineCounter.linePos(Math.min(Math.max(offset, 0), text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1), offset };
  };
  const report = (
    code: ConfigIssueCode,
    path: readonly string[],
    range: readonly [number, number],
    message: string,
    severity: ConfigIssue["severity"] = "error",
  ): void => {
    const [start, end] = [position(range[0]), position(Math.max(range[0], range[1]))];
    issues.push({ severity, code, pointer: pointerOf(path), message, source: { kind: "file", file, start, end } });
  };

  let values = 0;
  let tooMuch = false;

  const read = (
    document: Document,
    node: Node | null,
    path: readonly string[],
    at: readonly [number, number],
  ): unknown => {
    values++;
    if (tooMuch || values > mostValues || path.length > deepest) {
      if (!tooMuch)
        report(
          "syntax",
          path,
          at,
          "the file grows too large or too deep here: too many values, or an alias that contains itself",
        );
      tooMuch = true;
      return null;
    }
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined) report("syntax", path, at, `there is no anchor &${node.source} before this alias`);
      return target === undefined ? null : read(document, target, path, at);
    }
    if (isScalar(node)) return node.value ?? null;
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const itemPath = [...path, String(index)];
        const range = rangeOf(asNode(item)) ?? at;
        places.set(pointerOf(itemPath), { key: undefined, value: range });
        return read(document, asNode(item), itemPath, range);
      });
    }
    if (isMap(node)) return readMap(document, node.items, path, at);
    return null;
  };

  const readMap = (
    document: Document,
    pairs: readonly Pair[],
    path: readonly string[],
    at: readonly [number, number],
  ): object => {
    const result: Record<string, unknown> = Object.create(null);
    for (const pair of pairs) {
      const keyNode = asNode(pair.key);
      const keyRange = rangeOf(keyNode) ?? at;
      if (!isScalar(keyNode) || typeof keyNode.value !== "string") {
        report("type", path, keyRange, `a key in ${spoken(path)} must be a word`);
        continue;
      }
      const keyPath = [...path, keyNode.value];
      if (keyNode.value in result) {
        const first = places.get(pointerOf(keyPath))?.key;
        const line = first === undefined ? "" : `, first in line ${position(first[0]).line}`;
        report("duplicate-key", keyPath, keyRange, `${spoken(keyPath)} is written twice${line}`);
        continue;
      }
      const valueNode = asNode(pair.value);
      const valueRange = isScalar(valueNode) && valueNode.value === null ? keyRange : (rangeOf(valueNode) ?? keyRange);
      places.set(pointerOf(keyPath), { key: keyRange, value: valueRange });
      result[keyNode.value] = read(document, valueNode, keyPath, valueRange);
    }
    return result;
  };

  let value: unknown = null;
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false, logLevel: "silent" });
    for (const error of document.errors) report("syntax", [], error.pos, sentence(error.message));
    for (const warning of document.warnings) {
      const tag = warning.code === "TAG_RESOLVE_FAILED";
      report("syntax", [], warning.pos, sentence(warning.message), tag ? "error" : "warning");
    }
    const contents = asNode(document.contents);
    const whole = rangeOf(contents) ?? [0, 0];
    places.set("", { key: undefined, value: [whole[0], whole[0]] });
    if (document.errors.length === 0) value = read(document, contents, [], whole);
  } catch (error) {
    // The parser recurses: some thousand opening brackets exhaust the stack.
    report(
      "syntax",
      [],
      [0, 0],
      `the file cannot be parsed: ${error instanceof RangeError ? "nested too deeply" : String(error)}`,
    );
  }

  return {
    value,
    issues,
    locate(path, part) {
      for (let length = path.length; length >= 0; length--) {
        const place = places.get(pointerOf(path.slice(0, length)));
        if (place === undefined) continue;
        // A missing value is shown at the key of the mapping that should have it.
        const range = (part === "key" || length < path.length ? place.key : undefined) ?? place.value;
        return { start: position(range[0]), end: position(range[1]) };
      }
      return { start: position(0), end: position(0) };
    },
  };
}

function asNode(value: unknown): Node | null {
  return isAlias(value) || isScalar(value) || isMap(value) || isSeq(value) ? value : null;
}

/** Start of the value and its end without the comment and white space that follow. */
function rangeOf(node: Node | null): readonly [number, number] | undefined {
  const range = node?.range;
  return range === undefined || range === null ? undefined : [range[0], range[1]];
}

/** The parser's messages begin with a capital and may end with a full stop; ours do neither. */
function sentence(message: string): string {
  const line = message.split("\n")[0]?.replace(/[.:]?\s*$/u, "") ?? "";
  return line.charAt(0).toLowerCase() + line.slice(1);
}
