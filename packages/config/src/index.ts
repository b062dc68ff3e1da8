export type {
  CheckpointOn,
  DigestAlgorithm,
  LogFormat,
  LogLevel,
  RestoreFallback,
  StopSignal,
  TcpMode,
  Verbosity,
} from "./choices.ts";
export type { Config, NodeStateServerConfig, WrittenConfig } from "./config.ts";
export { ConfigError, type ConfigErrorCode, type ConfigErrorDetails, isConfigError } from "./error.ts";
export type { EvaluateOptions, ParseResult } from "./evaluate.ts";
export { formatIssue, issuePlace } from "./format-issue.ts";
export type { ConfigIssue, ConfigIssueCode, ConfigIssues, IssueSource, SourcePosition } from "./issue.ts";
export { type LoadConfigOptions, type LoadedConfig, loadConfig } from "./load.ts";
export type { Environment, FlagOverride } from "./overrides.ts";
export { parseConfig } from "./parse.ts";
export { printConfig, writtenConfig } from "./print.ts";
export { configSchema } from "./schema.ts";
export type { SchemaNode } from "./schema-node.ts";
