import { isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";

/** One value of the chart as `values.yaml` documents it. */
export interface DocumentedValue {
  /** Where it is: `["service", "port"]`. */
  readonly path: readonly string[];
  /** The comment above it, as one paragraph; empty when there is none. */
  readonly description: string;
  readonly default: unknown;
  /** Whether values of it are documented one by one, so that it is not a single value itself. */
  readonly group: boolean;
}

/**
 * Reads what `values.yaml` says of each value. A map is a group when one of the values in it has a comment; otherwise
 * it is one value, such as `resources`.
 *
 * @returns groups and values, in the order of the file
 */
export function readValues(text: string): readonly DocumentedValue[] {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw problem;
  if (!isMap(document.contents)) throw new Error("the values are not a map");
  return readMap(document.contents, []);
}

function readMap(map: YAMLMap, above: readonly string[]): readonly DocumentedValue[] {
  return map.items.flatMap((pair, index) => {
    const path = [...above, String(isScalar(pair.key) ? pair.key.value : pair.key)];
    const { value } = pair;
    const group = isMap(value) && isGroup(value);
    const entry: DocumentedValue = {
      path,
      description: descriptionOf(map, pair, index),
      default: toJson(value),
      group,
    };
    return group ? [entry, ...readMap(value, path)] : [entry];
  });
}

function isGroup(map: YAMLMap): boolean {
  return map.items.some(
    (pair, index) => descriptionOf(map, pair, index) !== "" || (isMap(pair.value) && isGroup(pair.value)),
  );
}

/** The parser gives the comment above the first key of a map to the map. */
function descriptionOf(map: YAMLMap, { key }: Pair, index: number): string {
  const own = isScalar(key) ? key.commentBefore : undefined;
  const comment = own ?? (index === 0 ? map.commentBefore : undefined) ?? "";
  return comment
    .split("\n")
    .map((line) => line.trim())
    .join(" ")
    .trim();
}

function toJson(value: unknown): unknown {
  return value === null || value === undefined ? null : (value as Node).toJSON();
}
