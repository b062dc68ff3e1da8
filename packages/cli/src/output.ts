import type { CommandContext } from "./context.ts";
import { json, jsonLine, type LogLevel, textLine } from "./log-line.ts";

/** How much crik says, and how. */
export interface OutputOptions {
  /** @defaultValue `"text"` */
  readonly format?: "text" | "json" | undefined;
  /** The least important kind of line that is written. @defaultValue `"info"` */
  readonly level?: LogLevel | undefined;
  /** Wall clock of log lines. @defaultValue `() => new Date()` */
  readonly now?: (() => Date) | undefined;
}

/** Fields first, then the sentence, as the wrapper's logger has it. A field that is an error is written with its code, hint, evidence and causes. */
interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * The only place that prints. What crik says goes to standard error, since standard output belongs to the application;
 * results that were asked for go to standard output.
 */
export interface Output extends Log {
  readonly format: "text" | "json";
  /** A command's result for people, ended by a newline if it is not yet. */
  result(text: string): void;
  /** A command's result for programs. */
  json(value: unknown): void;
  /** Several lines for people on standard error, as they are. Not for log collectors: say it in fields there. */
  note(text: string): void;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Writes to the context's streams. */
export function createOutput(
  context: Pick<CommandContext, "stdout" | "stderr">,
  { format = "text", level: least = "info", now = () => new Date() }: OutputOptions = {},
): Output {
  const log = (level: LogLevel, fields: object, message: string): void => {
    if (ranks[level] < ranks[least]) return;
    context.stderr.write(
      format === "json" ? jsonLine(now(), level, fields, message) : textLine(level, fields, message),
    );
  };
  const ended = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);
  return {
    format,
    debug: (fields, message) => log("debug", fields, message),
    info: (fields, message) => log("info", fields, message),
    warn: (fields, message) => log("warn", fields, message),
    error: (fields, message) => log("error", fields, message),
    result: (text) => void context.stdout.write(ended(text)),
    json: (value) => void context.stdout.write(ended(json(value, 2) ?? "null")),
    note: (text) => void context.stderr.write(ended(text)),
  };
}
