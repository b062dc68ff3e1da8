/**
 * Where the wrapper reports what it does. The library itself never prints: the caller decides on text, JSON or silence.
 * pino's loggers fit as they are.
 */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Reports to nobody: the default. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
