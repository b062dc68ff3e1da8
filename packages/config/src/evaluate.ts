import type { Config, WrittenConfig } from "./config.ts";
import { validate } from "./generated/validate.js";
import type { ConfigIssue, ConfigIssues, IssueSource } from "./issue.ts";
import { normalize } from "./normalize.ts";
import { type Environment, type FlagOverride, isRecord, type Overrides, readOverrides } from "./overrides.ts";
import { pointerOf } from "./pointer.ts";
import type { YamlSource } from "./read-yaml.ts";
import { rules } from "./rules.ts";
import { configSchema } from "./schema.ts";
import { nodeAt } from "./schema-node.ts";
import { type Finding, findings, unknownKey } from "./validation-issues.ts";

/** What applies besides the text. Later ones win: file, variables, flags. */
export interface EvaluateOptions {
  /** Only named in issues, never read. */
  readonly file?: string | undefined;
  /** Where `CRIK_*` and `KUBERNETES_NODE_NAME` are looked up. @defaultValue `{}` */
  readonly env?: Environment | undefined;
  /** @defaultValue `[]` */
  readonly flags?: readonly FlagOverride[] | undefined;
}

/** A configuration, or everything that is wrong with it (warnings included). */
export type ParseResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly ConfigIssue[] }
  | { readonly ok: false; readonly issues: ConfigIssues };

/** Nobody reads more, and a file of ten thousand wrong keys must not make ten thousand sentences. */
const mostIssues = 100;

/** Validates and normalises. Pure and total. File and overrides are validated apart, so that a variable does not hide a mistake in the file. */
export function evaluate(source: YamlSource | undefined, options: EvaluateOptions): ParseResult {
  const overrides = readOverrides(options.env ?? {}, options.flags ?? []);
  const issues: ConfigIssue[] = [...(source?.issues ?? []), ...overrides.issues];
  const adder =
    (attribute: Attribution) =>
    (finding: Finding): void => {
      const { severity = "error", code, message, path, part = "value", suggestion } = finding;
      const issue = { severity, code, pointer: pointerOf(path), message, source: attribute(path, part) };
      issues.push(suggestion === undefined ? issue : { ...issue, suggestion });
    };
  const inFile = fileAttribution(source, options.file);
  const inEither = overrideAttribution(overrides, inFile);

  const fromFile = checked(readable(source) ? source.value : {}, adder(inFile));
  const fromOverrides = checked(overrides.value, adder(inEither));
  const flawed = new Set([...fromFile.flawed, ...fromOverrides.flawed]);
  const written = merge(fromFile.written, fromOverrides.written);
  const nodeName = options.env?.["KUBERNETES_NODE_NAME"] || undefined;
  const context = { nodeName, hasFile: source !== undefined };
  if (source === undefined || readable(source)) {
    const add = adder(inEither);
    for (const { reads, check } of rules) {
      if (reads.some((key) => flawed.has(key))) continue;
      check(written, (path, code, message, more) => add({ code, path, message, ...more }), context);
    }
  }
  if (issues.some(isError)) return failure(issues);
  return { ok: true, config: normalize(written, context), warnings: issues };
}

function readable(source: YamlSource | undefined): source is YamlSource {
  return source !== undefined && !source.issues.some((issue) => isError(issue) && issue.code === "syntax");
}

/** What is right in a value, and the top-level keys that are left out because something in them is not. */
interface Checked {
  readonly written: WrittenConfig;
  readonly flawed: ReadonlySet<string>;
}

/** Adds what is wrong with a value and returns the rest of it, so that the rules can still be asked about that. */
function checked(value: unknown, add: (finding: Finding) => void): Checked {
  if (value !== null && !isRecord(value)) {
    add({ code: "type", path: [], part: "value", message: notAMapping(value) });
    return { written: {}, flawed: new Set(Object.keys(configSchema.properties ?? {})) };
  }
  const flawed = new Set<string>();
  const note = (finding: Finding): void => {
    add(finding);
    // A misspelt key leaves its right name unset, which is not worth a second sentence.
    for (const key of [finding.path[0], finding.suggestion]) if (key !== undefined) flawed.add(key);
  };
  const filled = withoutEmpty(value ?? {}, [], note);
  if (validate(filled)) return { written: filled, flawed };
  for (const finding of findings(validate.errors ?? [], filled)) note(finding);
  const rest = Object.fromEntries(Object.entries(filled).filter(([key]) => !flawed.has(key)));
  return { written: validate(rest) ? rest : {}, flawed };
}

function notAMapping(value: unknown): string {
  const hint = typeof value === "string" && value.includes(":") ? "; is there a space after each colon?" : "";
  return `the configuration must be a mapping (\`key: value\` lines), not ${Array.isArray(value) ? "a list" : "a single value"}${hint}`;
}

/** `carry:` with nothing below it, because everything there is commented out, is as if it were not written. */
function withoutEmpty(
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
  add: (finding: Finding) => void,
): Readonly<Record<string, unknown>> {
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, child] of Object.entries(value)) {
    const childPath = [...path, key];
    if (child !== null) result[key] = isRecord(child) ? withoutEmpty(child, childPath, add) : child;
    else if (nodeAt(configSchema, childPath) === undefined) add(unknownKey(childPath));
  }
  return result;
}

/** Says where the value at a path was given. */
type Attribution = (path: readonly string[], part: "key" | "value") => IssueSource;

function fileAttribution(source: YamlSource | undefined, file: string | undefined): Attribution {
  const start = { line: 1, column: 1, offset: 0 };
  return (path, part) => ({ kind: "file", file, ...(source?.locate(path, part) ?? { start, end: start }) });
}

/** A variable or a flag that sets the value, or the list or mapping around it; otherwise the file. */
function overrideAttribution(overrides: Overrides, inFile: Attribution): Attribution {
  return (path, part) => {
    for (let length = path.length; length > 0; length--) {
      const override = overrides.sources.get(pointerOf(path.slice(0, length)));
      if (override !== undefined) return override;
    }
    return inFile(path, part);
  };
}

function merge(file: WrittenConfig, overrides: WrittenConfig): WrittenConfig {
  return {
    ...file,
    ...overrides,
    ...(file.carry && overrides.carry && { carry: { ...file.carry, ...overrides.carry } }),
    ...(file.keep && overrides.keep && { keep: { ...file.keep, ...overrides.keep } }),
    ...(file.prevent && overrides.prevent && { prevent: { ...file.prevent, ...overrides.prevent } }),
    ...(file.criu && overrides.criu && { criu: { ...file.criu, ...overrides.criu } }),
    ...(file.log && overrides.log && { log: { ...file.log, ...overrides.log } }),
  };
}

function isError(issue: ConfigIssue): boolean {
  return issue.severity === "error";
}

/** In the order of the text, what has no place in it last; errors first, since a cut list must not lose the reason. */
function failure(issues: readonly ConfigIssue[]): ParseResult {
  const rank = ({ severity, source }: ConfigIssue): number =>
    (severity === "error" ? 0 : 1e9) + (source.kind === "file" ? source.start.offset : 1e8);
  const [first, ...rest] = issues.toSorted((left, right) => rank(left) - rank(right));
  if (first === undefined) throw new TypeError("a failure needs an issue");
  return { ok: false, issues: [first, ...rest.slice(0, mostIssues - 1)] };
}
