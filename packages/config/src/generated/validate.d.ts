import type { WrittenConfig } from "../config.ts";
import type { ValidationError } from "../validation-issues.ts";

/** Compiled from the schema by ajv (scripts/generate.ts). Like every function that ajv makes, it leaves what it found in `errors`. */
export declare const validate: {
  (data: unknown): data is WrittenConfig;
  readonly errors?: readonly ValidationError[] | null;
};
