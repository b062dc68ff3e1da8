import { errorLines, errorRecord } from "./describe-error.ts";

/** From most to least talkative. */
export type LogLevel = "debug" | "info" | "warn" | "error";

const words: Readonly<Record<LogLevel, string>> = { debug: "debug: ", info: "", warn: "warning: ", error: "error: " };

/**
 * `crik: warning: message key=value …`, and what an error has to say indented below it. The runtime stamps the time on every line of a
 * container's log, so that there is none here; nor is there the name of the event, which says the same as the message, to programs. Pure.
 */
export function textLine(level: LogLevel, fields: object, message: string): string {
  const details: string[] = [];
  const errors: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value instanceof Error) errors.push(...errorLines(value));
    else if (value !== undefined && key !== "event") details.push(`${key}=${textValue(value)}`);
  }
  return `${[`crik: ${words[level]}${[message, ...details].join(" ")}`, ...errors].join("\n")}\n`;
}

/** One JSON object, with the same fields in front whatever else is told. Pure. */
export function jsonLine(time: Date, level: LogLevel, fields: object, message: string): string {
  const head = { time: time.toISOString(), level, logger: "crik", message };
  return `${json({ ...head, ...fields, ...head }) ?? json(head)}\n`;
}

/** JSON of anything that a result or a log line may hold: errors as records, large numbers as text. `undefined` when that is impossible (a cycle). */
export function json(value: unknown, indent?: number): string | undefined {
  try {
    return JSON.stringify(value, plain, indent);
  } catch {
    return undefined;
  }
}

function textValue(value: unknown): string {
  if (typeof value !== "string") return json(value) ?? String(value);
  return value === "" || /[\s"=]/u.test(value) ? JSON.stringify(value) : value;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
  return value instanceof Error ? errorRecord(value) : value;
}
