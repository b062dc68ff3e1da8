/** The words of JSON Schema that the chart's schema uses. Draft-07, because Helm before 3.18 knows no later one. */
export interface SchemaNode {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
}

/** A map with these keys and no others: a misspelt key is an error. */
export function closed(properties: Readonly<Record<string, SchemaNode>>, required: readonly string[] = []): SchemaNode {
  return {
    type: "object",
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    properties,
  };
}

/** A list of such items. */
export function list(items: SchemaNode): SchemaNode {
  return { type: "array", items };
}

/** A map with any keys, as Kubernetes defines them. */
export const object: SchemaNode = { type: "object" };

/** A map from text to text, such as labels. */
export const textMap: SchemaNode = { type: "object", additionalProperties: { type: "string" } };

/** Any text, the empty one included. */
export const text: SchemaNode = { type: "string" };

/** A text that must not be empty. */
export const word: SchemaNode = { type: "string", minLength: 1 };

/** On or off. */
export const flag: SchemaNode = { type: "boolean" };

/** A whole number within bounds. */
export function count(minimum: number, maximum?: number): SchemaNode {
  return { type: "integer", minimum, ...(maximum === undefined ? {} : { maximum }) };
}

/** One of these. */
export function oneOf(...values: readonly (string | boolean)[]): SchemaNode {
  return { enum: values };
}

/** A number, or a percentage as `25%`. */
export const share: SchemaNode = { type: ["integer", "string"], pattern: "^[0-9]+%$", minimum: 0 };

/** A duration as Go writes it: `2160h`, `1m30s`. */
export const duration: SchemaNode = { type: "string", pattern: "^([0-9]+(h|m|s|ms))+$" };
