import type { ConfigIssueCode } from "./issue.ts";
import { nearest } from "./nearest.ts";
import { isRecord } from "./overrides.ts";
import { pathOf, spoken } from "./pointer.ts";
import { configSchema } from "./schema.ts";
import { leaves, nodeAt, resolveNode, type SchemaNode } from "./schema-node.ts";

/** What the compiled validator reports: the part of ajv's `ErrorObject` that is read here. */
export interface ValidationError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** An issue before anybody knows where in which source its value stands. */
export interface Finding {
  /** @defaultValue `"error"` */
  readonly severity?: "error" | "warning" | undefined;
  readonly code: ConfigIssueCode;
  readonly path: readonly string[];
  /** Which half of `key: value` is wrong. @defaultValue `"value"` */
  readonly part?: "key" | "value" | undefined;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/** The validator's errors in the words of the file: one finding a place, the most basic one, with what was probably meant. */
export function findings(errors: readonly ValidationError[], document: unknown): readonly Finding[] {
  const byPlace = new Map<string, Finding>();
  for (const error of errors) {
    const finding = findingOf(error, document);
    const place = JSON.stringify(finding.path);
    // A value of the wrong type also fails its enum; one sentence is enough.
    if (!byPlace.has(place) || finding.code === "type") byPlace.set(place, finding);
  }
  return [...byPlace.values()];
}

function findingOf(error: ValidationError, document: unknown): Finding {
  const path = pathOf(error.instancePath);
  if (error.keyword === "additionalProperties") {
    const key = String(error.params["additionalProperty"]);
    return unknownKey([...path, key]);
  }
  const value = valueAt(document, path);
  const node = nodeAt(configSchema, path) ?? {};
  const name = spoken(path);
  const basic = { path, part: "value" as const };
  switch (error.keyword) {
    case "type":
      return {
        ...basic,
        code: "type",
        message: `${name} must be ${expected(node)}, not ${shown(value)}`,
        suggestion: retyped(node, value),
      };
    case "enum": {
      const choices = (node.enum ?? []).map(String);
      const message = `${name} must be ${oneOf(choices)}, not ${shown(value)}`;
      return { ...basic, code: "range", message, suggestion: nearestChoice(String(value), choices) };
    }
    case "pattern":
      return {
        ...basic,
        code: "format",
        message: `${name} must be ${expected(node)}, not ${shown(value)}`,
        suggestion: reformatted(node, value),
      };
    case "minimum":
    case "maximum":
      return {
        ...basic,
        code: "range",
        message: `${name} must be ${range(node)}, not ${shown(value)}`,
        suggestion: undefined,
      };
    case "minItems":
      return {
        ...basic,
        code: "range",
        message: `${name} must have at least ${node.minItems} item`,
        suggestion: undefined,
      };
    case "uniqueItems":
      return { ...basic, code: "range", message: `${name} has the same item twice`, suggestion: undefined };
    default:
      return { ...basic, code: "format", message: `${name} is not valid (${error.keyword})`, suggestion: undefined };
  }
}

/** An unknown key, with the sibling that was probably meant, or the same word elsewhere: `verbosity` → `criu.verbosity`. */
export function unknownKey(path: readonly string[]): Finding {
  const key = path.at(-1) ?? "";
  const parent = path.slice(0, -1);
  const siblings = Object.keys(resolveNode(configSchema, nodeAt(configSchema, parent) ?? {}).properties ?? {});
  const elsewhere = leaves(configSchema).find((leaf) => leaf.path.at(-1)?.toLowerCase() === key.toLowerCase());
  const suggestion = nearest(key, siblings) ?? (elsewhere === undefined ? undefined : spoken(elsewhere.path));
  const message =
    key === "<<"
      ? "merge keys (<<) are not part of YAML 1.2; repeat the keys"
      : `${spoken(path)} is not a key that crik knows`;
  return { code: "unknown-key", path, part: "key", message, suggestion };
}

/** The value at a path of plain data. */
export function valueAt(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const segment of path) {
    if (Array.isArray(value)) value = value[Number(segment)];
    else if (isRecord(value) && Object.hasOwn(value, segment)) value = value[segment];
    else return undefined;
  }
  return value;
}

function expected(node: SchemaNode): string {
  if (node.$ref === "#/$defs/duration") return "a duration such as 30s, 2m, 1500ms or PT30S";
  if (node.$ref === "#/$defs/bytes") return "a size such as 512Mi, 1Gi or 1G";
  if (node.$ref === "#/$defs/absolutePath") return "an absolute path (it begins with /)";
  if (node.enum !== undefined) return oneOf(node.enum.map(String));
  switch (node.type) {
    case "object":
      return "a mapping (indented `key: value` lines)";
    case "array":
      return "a list";
    case "boolean":
      return "true or false";
    case "integer":
      return range(node);
    default:
      return node.examples?.[0] === undefined ? "text" : `text such as ${String(node.examples[0])}`;
  }
}

function range(node: SchemaNode): string {
  if (node.minimum !== undefined && node.maximum !== undefined)
    return `a whole number from ${node.minimum} to ${node.maximum}`;
  return node.minimum === undefined ? "a whole number" : `a whole number of at least ${node.minimum}`;
}

function oneOf(choices: readonly string[]): string {
  return choices.length === 1 ? String(choices[0]) : `one of ${choices.join(", ")}`;
}

/** A value as a sentence can hold it: named by its type where that is what is wrong, and never long. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return `the ${typeof value === "boolean" ? "word" : "number"} ${String(value)}`;
}

/** What the wrong type was probably meant to be. */
function retyped(node: SchemaNode, value: unknown): string | undefined {
  if (node.$ref === "#/$defs/duration" && typeof value === "number") return `${value}s`;
  if (node.type === "array" && typeof value === "string" && !value.startsWith("[")) return JSON.stringify([value]);
  if (node.type === "boolean" && typeof value === "string") {
    if (/^(?:yes|on|true|1)$/iu.test(value)) return "true";
    if (/^(?:no|off|false|0)$/iu.test(value)) return "false";
  }
  if (node.type === "integer" && typeof value === "string" && /^\d+$/u.test(value)) return value;
  if (node.type === "string" && (typeof value === "number" || typeof value === "boolean"))
    return JSON.stringify(String(value));
  return undefined;
}

/** What the wrong notation was probably meant to be. */
function reformatted(node: SchemaNode, value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  if (node.$ref === "#/$defs/duration") {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/iu.exec(value) ?? [];
    const unitLetter =
      unit === "" ? "s" : /^(?:milli|ms)/iu.test(unit ?? "") ? "ms" : /^[hms]/iu.exec(unit ?? "")?.[0]?.toLowerCase();
    return amount === undefined || unitLetter === undefined ? undefined : `${amount}${unitLetter}`;
  }
  if (node.$ref === "#/$defs/bytes") {
    const [, amount, unit, binary] = /^(\d+(?:\.\d+)?)\s*([kmgt])(i?)(?:b|bytes?)?$/iu.exec(value) ?? [];
    if (amount === undefined || unit === undefined) return undefined;
    return (
      amount + (binary === "" && unit.toLowerCase() === "k" ? "k" : unit.toUpperCase()) + (binary ?? "").toLowerCase()
    );
  }
  return undefined;
}

function nearestChoice(value: string, choices: readonly string[]): string | undefined {
  const signal = `SIG${value.toUpperCase().replace(/^SIG/u, "")}`;
  return choices.includes(signal) ? signal : nearest(value, choices);
}
