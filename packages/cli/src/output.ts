import type { CommandContext } from "./context.ts";

/** How much crik says, and how. */
export interface OutputOptions {
  /** @defaultValue `"text"` */
  readonly format?: "text" | "json" | undefined;
  /** The least important kind of line that is written. @defaultValue `"info"` */
  readonly level?: LogLevel | undefined;
  /** Wall clock of log lines. @defaultValue `() => new Date()` */
  readonly now?: (() => Date) | undefined;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Fields first, then the sentence, as the wrapper's logger has it. A field that is an error is written with its code, hint and causes. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The only place that prints. What crik says goes to standard error, since standard output belongs to the application; results that were asked for go to standard output. */
export interface Output extends Log {
  readonly format: "text" | "json";
  /** A command's result for people, ended by a newline if it is not yet. */
  result(text: string): void;
  /** A command's result for programs. */
  json(value: unknown): void;
  /** Several lines for people on standard error, as they are; with `format: "json"` one log line. */
  note(text: string, level: LogLevel): void;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const words: Readonly<Record<LogLevel, string>> = { debug: "debug: ", info: "", warn: "warning: ", error: "error: " };

/** Writes to the context's streams. Never throws: a reader that went away is not a reason to end the application. */
export function createOutput(context: Pick<CommandContext, "stdout" | "stderr">, options: OutputOptions = {}): Output {
  const format = options.format ?? "text";
  const least = ranks[options.level ?? "info"];
  const now = options.now ?? ((): Date => new Date());
  const log = (level: LogLevel, fields: object, message: string): void => {
    if (ranks[level] < least) return;
    context.stderr.write(
      format === "json" ? jsonLine(now(), level, fields, message) : textLine(level, fields, message),
    );
  };
  return {
    format,
    debug: (fields, message) => log("debug", fields, message),
    info: (fields, message) => log("info", fields, message),
    warn: (fields, message) => log("warn", fields, message),
    error: (fields, message) => log("error", fields, message),
    result: (text) => void context.stdout.write(text.endsWith("\n") ? text : `${text}\n`),
    json: (value) => void context.stdout.write(`${JSON.stringify(value, plain, 2)}\n`),
    note: (text, level) => {
      if (format === "json") log(level, {}, text);
      else if (ranks[level] >= least) context.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
    },
  };
}

function jsonLine(time: Date, level: LogLevel, fields: object, message: string): string {
  return `${JSON.stringify({ time: time.toISOString(), level, logger: "crik", message, ...fields }, plain)}\n`;
}

/** `crik: warning: message key=value …`. The runtime stamps the time on each line of a container's log, so that there is none here. */
function textLine(level: LogLevel, fields: object, message: string): string {
  const [details, errors]: [string[], string[]] = [[], []];
  for (const [key, value] of Object.entries(fields)) {
    if (value instanceof Error) errors.push(...errorLines(value));
    else if (value !== undefined) details.push(`${key}=${textValue(value)}`);
  }
  const line = `crik: ${words[level]}${[message, ...details].join(" ")}`;
  return `${[line, ...errors].join("\n")}\n`;
}

function textValue(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value, plain) ?? String(value));
  return typeof value === "string" && (text === "" || /[\s"=]/u.test(text)) ? JSON.stringify(text) : text;
}

/** An error's sentence, its hint and its causes, each on a line of its own, without stacks. */
export function errorLines(error: Error): readonly string[] {
  const lines: string[] = [];
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 8;
    current = current.cause, depth++
  ) {
    const code = "code" in current && typeof current.code === "string" ? ` (${current.code})` : "";
    lines.push(`  ${depth === 0 ? "" : "caused by: "}${current.message}${code}`);
    if ("hint" in current && typeof current.hint === "string") lines.push(`  hint: ${current.hint}`);
  }
  return lines;
}

/** Errors and bigints as JSON can hold them. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
  if (!(value instanceof Error)) return value;
  return {
    ...("code" in value && { code: value.code }),
    message: value.message,
    ...("hint" in value && value.hint !== undefined && { hint: value.hint }),
    ...(value.cause instanceof Error && { cause: value.cause }),
  };
}
