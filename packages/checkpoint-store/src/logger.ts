/** Where the store reports what nobody asked for, such as a lease that cannot be renewed. pino's loggers fit as they are. */
export interface StoreLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Reports to nobody: the default. */
export const silentLogger: StoreLogger = { info() {}, warn() {} };
