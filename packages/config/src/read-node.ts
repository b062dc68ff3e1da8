import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";

import type { ConfigIssueCode } from "./issue.ts";
import { pointerOf, spoken } from "./pointer.ts";

/** A configuration has some dozen values. Aliases are followed, so this also bounds what a few lines of them can grow into. */
const mostValues = 2000;
const deepest = 32;

/** Offsets in the text, the second one exclusive. */
export type Range = readonly [start: number, end: number];

/** Where a key and its value are; a list's item has no key. */
export interface Place {
  readonly key: Range | undefined;
  readonly value: Range;
}

/** What a reader tells while it reads. */
export interface NodeReaderOptions {
  /** Filled by JSON Pointer. */
  readonly places: Map<string, Place>;
  readonly report: (code: ConfigIssueCode, path: readonly string[], range: Range, message: string) => void;
  readonly lineOf: (offset: number) => number;
}

/** Turns a node into plain data. `at` is where to point when the node itself has no place. */
export type NodeReader = (node: Node | null, path: readonly string[], at: Range) => unknown;

/**
 * A reader for one document. It does itself what the parser's `toJS` would do, because it also finds duplicate keys with both places,
 * stops at a limit instead of throwing, and remembers where everything was.
 */
export function createNodeReader({ places, report, lineOf }: NodeReaderOptions): NodeReader {
  /** Filled in the order of the text, so that an alias finds the latest anchor before it; `Alias.resolve` searches the document each time. */
  const anchors = new Map<string, Node>();
  let values = 0;

  const read: NodeReader = (node, path, at) => {
    values++;
    if (values > mostValues || path.length > deepest) {
      // Said once; everything that is still open ends at once.
      if (values !== Number.POSITIVE_INFINITY) {
        report(
          "syntax",
          path,
          at,
          "the file grows too large or too deep here: too many values, or an alias that contains itself",
        );
      }
      values = Number.POSITIVE_INFINITY;
      return null;
    }
    if (isAlias(node)) return readAlias(node, path, at);
    if (node === null) return null;
    remember(node);
    if (isSeq(node)) return readList(node, path, at);
    if (isMap(node)) return readMapping(node, path, at);
    return isScalar(node) ? readScalar(node, path, at) : null;
  };

  const remember = (node: Node): void => {
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) anchors.set(node.anchor, node);
  };

  const readAlias = (alias: Alias, path: readonly string[], at: Range): unknown => {
    const target = anchors.get(alias.source);
    if (target !== undefined) return read(target, path, at);
    report("syntax", path, at, `there is no anchor &${alias.source} before this alias`);
    return null;
  };

  const readScalar = (scalar: Scalar, path: readonly string[], at: Range): unknown => {
    if (typeof scalar.value !== "object") return scalar.value;
    if (scalar.value !== null) report("syntax", path, at, `the tag ${scalar.tag ?? ""} has no meaning here`);
    return null;
  };

  const readList = (list: YAMLSeq, path: readonly string[], at: Range): unknown[] =>
    list.items.slice(0, mostValues + 1).map((item, index) => {
      const node = isNode(item) ? item : null;
      const itemPath = [...path, String(index)];
      const range = rangeOf(node) ?? at;
      places.set(pointerOf(itemPath), { key: undefined, value: range });
      return read(node, itemPath, range);
    });

  const readMapping = (mapping: YAMLMap, path: readonly string[], at: Range): object => {
    const result: Record<string, unknown> = Object.create(null);
    for (const pair of mapping.items.slice(0, mostValues + 1)) readPair(pair, result, path, at);
    return result;
  };

  const readPair = (pair: Pair, into: Record<string, unknown>, path: readonly string[], at: Range): void => {
    const key = isNode(pair.key) ? pair.key : null;
    const keyRange = rangeOf(key) ?? at;
    if (!isScalar(key) || typeof key.value !== "string") {
      report("type", path, keyRange, `a key in ${spoken(path)} must be a word`);
      return;
    }
    remember(key);
    const keyPath = [...path, key.value];
    const pointer = pointerOf(keyPath);
    if (key.value in into) {
      const first = places.get(pointer)?.key;
      const line = first === undefined ? "" : `, first in line ${lineOf(first[0])}`;
      report("duplicate-key", keyPath, keyRange, `${spoken(keyPath)} is written twice${line}`);
      return;
    }
    const node = isNode(pair.value) ? pair.value : null;
    // Nothing after the colon: there is only the key to point at.
    const empty = node === null || (isScalar(node) && node.value === null);
    const range = empty ? keyRange : (rangeOf(node) ?? keyRange);
    places.set(pointer, { key: keyRange, value: range });
    into[key.value] = read(node, keyPath, range);
  };

  return read;
}

/** Whether the parser made this: it types the parts of a collection as unknown. */
export function isNode(value: unknown): value is Node {
  return isAlias(value) || isScalar(value) || isMap(value) || isSeq(value);
}

/** Start of the value and its end, without the comment and white space that follow. */
export function rangeOf(node: Node | null): Range | undefined {
  const range = node?.range;
  return range === undefined || range === null ? undefined : [range[0], range[1]];
}
