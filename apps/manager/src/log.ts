import { type DestinationStream, type Logger, pino } from "pino";

/** One JSON object a line, with the level as a word and the time as people read it. */
export function createLog(destination: DestinationStream, debug: boolean): Logger {
  return pino(
    {
      level: debug ? "debug" : "info",
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

/** What a log line says of an error: never the object itself, which may carry more than one knows. */
export function errorFields(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof Error)) return { error: String(error) };
  return {
    error: error.message,
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    ...("hint" in error && typeof error.hint === "string" ? { hint: error.hint } : {}),
  };
}
