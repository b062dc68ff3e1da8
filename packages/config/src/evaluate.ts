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
  const attribute = attribution(source, overrides, options.file);
  const add = (finding: Finding, severity: ConfigIssue["severity"] = "error"): void => {
    const { code, message, path, suggestion } = finding;
    const issue = { severity, code, pointer: pointerOf(path), message, source: attribute(path, finding.part) };
    issues.push(suggestion === undefined ? issue : { ...issue, suggestion });
  };

  const fromFile = checked(readable(source) ? source.value : {}, add);
  const fromOverrides = checked(overrides.value, add);
  if (fromFile === undefined || fromOverrides === undefined || issues.some(isError)) return failure(issues);

  const written = merge(fromFile, fromOverrides);
  const context = { nodeName: options.env?.["KUBERNETES_NODE_NAME"] || undefined, hasFile: source !== undefined };
  for (const rule of rules) {
    rule(
      written,
      (path, code, message, more) =>
        add({ code, path, part: more?.part ?? "value", message, suggestion: more?.suggestion }, more?.severity),
      context,
    );
  }
  if (issues.some(isError)) return failure(issues);
  return { ok: true, config: normalize(written, context), warnings: issues };
}

function readable(source: YamlSource | undefined): source is YamlSource {
  return source !== undefined && !source.issues.some((issue) => isError(issue) && issue.code === "syntax");
}

/** The value as a configuration, or `undefined` after its findings were added. */
function checked(value: unknown, add: (finding: Finding) => void): WrittenConfig | undefined {
  if (value !== null && !isRecord(value)) {
    const message = `the configuration must be a mapping (\`key: value\` lines), not ${Array.isArray(value) ? "a list" : "a single value"}`;
    add({ code: "type", path: [], part: "value", message, suggestion: undefined });
    return undefined;
  }
  const filled = withoutEmpty(value ?? {}, [], add);
  if (validate(filled)) return filled;
  for (const finding of findings(validate.errors ?? [], filled)) add(finding);
  return undefined;
}

/** `carry:` with nothing below it, because everything there is commented out, is as if it were not written. */
function withoutEmpty(
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
  add: (finding: Finding) => void,
): unknown {
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, child] of Object.entries(value)) {
    const childPath = [...path, key];
    if (child !== null) result[key] = isRecord(child) ? withoutEmpty(child, childPath, add) : child;
    else if (nodeAt(configSchema, childPath) === undefined) add(unknownKey(childPath));
  }
  return result;
}

function attribution(source: YamlSource | undefined, overrides: Overrides, file: string | undefined) {
  return (path: readonly string[], part: "key" | "value"): IssueSource => {
    for (let length = path.length; length > 0; length--) {
      const override = overrides.sources.get(pointerOf(path.slice(0, length)));
      if (override !== undefined) return override;
    }
    const start = { line: 1, column: 1, offset: 0 };
    return { kind: "file", file, ...(source?.locate(path, part) ?? { start, end: start }) };
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

/** Errors first: a cut list must not lose the reason. */
function failure(issues: readonly ConfigIssue[]): ParseResult {
  const [first, ...rest] = [...issues.filter(isError), ...issues.filter((issue) => !isError(issue))];
  if (first === undefined) throw new TypeError("a failure needs an issue");
  return { ok: false, issues: [first, ...rest.slice(0, mostIssues - 1)] };
}
