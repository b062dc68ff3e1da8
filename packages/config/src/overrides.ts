import type { ConfigIssue, IssueSource } from "./issue.ts";
import { nearest } from "./nearest.ts";
import { pointerOf } from "./pointer.ts";
import { configSchema } from "./schema.ts";
import { type Leaf, leaves, type SchemaNode } from "./schema-node.ts";

/** Variables as a process has them; the caller passes them in. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A command line option that sets a key. */
export interface FlagOverride {
  /** As the user typed it: `--image-dir`. Issues name it. */
  readonly flag: string;
  /** Dotted key: `imageDir`, `log.level`. */
  readonly key: string;
  readonly value: string;
}

/** What variables and flags say, in the shape of the file. */
export interface Overrides {
  readonly value: Readonly<Record<string, unknown>>;
  /** By JSON Pointer: who set this value. */
  readonly sources: ReadonlyMap<string, IssueSource>;
  /** Warnings about variables that are probably misspelt. */
  readonly issues: readonly ConfigIssue[];
}

/** Variables with our prefix that are no configuration: the launcher's home, what it saved for the application, CRIU's hook, and `--config` by variable. */
const reserved = /^CRIK_(?:HOME|CONFIG|HOOK_SOCKET|SAVED_.*)$/u;
/** Kubernetes describes every service of the namespace in variables; a service named `crik` or `crik-…` has our prefix. */
const serviceVariable = /_SERVICE_(?:HOST|PORT(?:_.*)?)$|_PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?$/u;

/** `["carry", "writableLayer"]` → `CRIK_CARRY_WRITABLE_LAYER`. */
export function variableName(path: readonly string[]): string {
  // A word begins at a capital after a small letter, and at the last one of several: nodeStateCAFile has the word CA.
  const words = path.map((key) => key.replace(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/gu, "$&_"));
  return `CRIK_${words.join("_").toUpperCase()}`;
}

/** Collects `CRIK_*` variables, then flags, which win. An empty variable counts as not set, because templates leave such ones behind. */
export function readOverrides(env: Environment, flags: readonly FlagOverride[]): Overrides {
  const known = leaves(configSchema);
  const byVariable = new Map(known.map((leaf) => [variableName(leaf.path), leaf]));
  const byKey = new Map(known.map((leaf) => [leaf.path.join("."), leaf]));
  const value: Record<string, unknown> = {};
  const sources = new Map<string, IssueSource>();
  const issues: ConfigIssue[] = [];

  const set = (leaf: Leaf, text: string, source: IssueSource): void => {
    place(value, leaf.path, coerce(leaf.node, text));
    sources.set(pointerOf(leaf.path), source);
  };

  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith("CRIK_") || text === undefined || text === "" || reserved.test(name)) continue;
    const leaf = byVariable.get(name);
    if (leaf !== undefined) {
      set(leaf, text, { kind: "variable", name });
    } else if (!serviceVariable.test(name)) {
      const suggestion = nearest(
        name.slice("CRIK_".length),
        [...byVariable.keys()].map((key) => key.slice("CRIK_".length)),
      );
      if (suggestion === undefined) continue;
      const message = `the variable ${name} is not one that crik knows, and is ignored`;
      issues.push({
        severity: "warning",
        code: "unknown-key",
        pointer: "",
        message,
        source: { kind: "variable", name },
        suggestion: `CRIK_${suggestion}`,
      });
    }
  }
  for (const { flag, key, value: text } of flags) {
    const leaf = byKey.get(key);
    if (leaf === undefined) throw new TypeError(`the flag ${flag} sets the unknown key ${key}`);
    set(leaf, text, { kind: "flag", name: flag });
  }
  return { value, sources, issues };
}

function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const child: Record<string, unknown> = { ...(isRecord(target[key]) ? target[key] : {}) };
  place(child, rest, value);
  target[key] = child;
}

/** Text as the type that the schema wants. What does not fit stays text, so that validation reports it. */
function coerce(node: SchemaNode, text: string): unknown {
  if (node.type === "integer") return /^-?\d+$/u.test(text) ? Number(text) : text;
  if (node.type === "boolean") return { true: true, "1": true, false: false, "0": false }[text.toLowerCase()] ?? text;
  if (node.type === "array") return list(text);
  return text;
}

/** `a,b` or, for items that contain a comma, a JSON list. `[]` is the empty list. */
function list(text: string): unknown {
  if (text.trimStart().startsWith("[")) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** A mapping, not a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
