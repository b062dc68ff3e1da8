/** The part of JSON Schema (draft 2020-12) that this package uses, so that the schema can be walked with types. */
export interface SchemaNode {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
  readonly title?: string;
  readonly description?: string;
  /** What you see when you need this key. An annotation of ours; validators ignore it. */
  readonly "x-symptom"?: string;
  /** The default in words, where it depends on something else. */
  readonly "x-default"?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: false;
  readonly items?: SchemaNode;
  readonly enum?: readonly (string | number | boolean)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

/** What a node says once its `$ref` into `$defs` is followed; its own words come before those of the definition. */
export function resolveNode(root: SchemaNode, node: SchemaNode): SchemaNode {
  const name = node.$ref?.replace("#/$defs/", "");
  const target = name === undefined ? undefined : root.$defs?.[name];
  return target === undefined ? node : { ...target, ...node };
}

/** The node that describes the value at a path of keys and indexes, or `undefined` when the schema knows no such place. */
export function nodeAt(root: SchemaNode, path: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const segment of path) {
    const resolved: SchemaNode = resolveNode(root, node);
    const properties = resolved.properties;
    node = properties !== undefined && Object.hasOwn(properties, segment) ? properties[segment] : resolved.items;
    if (node === undefined) return undefined;
  }
  return resolveNode(root, node);
}

/** A key that holds a value rather than more keys. */
export interface Leaf {
  readonly path: readonly string[];
  readonly node: SchemaNode;
}

/** Every key that holds a value, in the order of the schema. */
export function leaves(root: SchemaNode, node: SchemaNode = root, path: readonly string[] = []): readonly Leaf[] {
  const resolved = resolveNode(root, node);
  if (resolved.properties === undefined) return [{ path, node: resolved }];
  return Object.entries(resolved.properties).flatMap(([key, child]) => leaves(root, child, [...path, key]));
}
