export { type CheckArguments, checkArguments } from "./arguments/check.ts";
export { dumpArguments, preDumpArguments } from "./arguments/dump.ts";
export { type PageServerArguments, pageServerArguments } from "./arguments/page-server.ts";
export { restoreArguments } from "./arguments/restore.ts";
export { formatExternal, type Plumbing } from "./arguments/shared.ts";
export { type Criu, createCriu } from "./criu.ts";
export {
  CriuError,
  type CriuErrorCode,
  type CriuErrorOptions,
  type CriuFailure,
  type CriuOperation,
  CriuOperationError,
  isCriuError,
  isCriuOperationError,
} from "./error.ts";
export { listCorePids } from "./images/core-pids.ts";
export { type ImageDirectory, openImageDirectory } from "./images/image-directory.ts";
export type { Inventory } from "./images/inventory.ts";
export type { ImageProcess } from "./images/process-tree.ts";
export type { DumpStats, RestoreStats } from "./images/stats.ts";
export { type ExcerptOptions, excerptCriuLog, excerptOf, formatLogLine } from "./log/excerpt.ts";
export { type KnownFailure, KnownFailures, matchFailure } from "./log/failures.ts";
export { type CriuLogExcerpt, type CriuLogLine, parseLogLine } from "./log/line.ts";
export { readCriuLog } from "./log/read.ts";
export type { CheckOptions, CheckReport, CriuFeature } from "./operations/check.ts";
export type { DumpResult } from "./operations/dump.ts";
export type { PageServer, PageServerOptions } from "./operations/page-server.ts";
export type { PreDumpRound, PreDumpRoundsOptions } from "./operations/pre-dump-rounds.ts";
export type { RestoreResult } from "./operations/restore.ts";
export { type CriuVersion, compareVersions, parseVersion } from "./operations/version.ts";
export type {
  Command,
  CriuOptions,
  DumpOptions,
  ExternalResource,
  FrozenDump,
  InheritedDescriptor,
  InheritedFile,
  PageServerAddress,
  RestoreOptions,
  SharedOptions,
  UnrunTask,
} from "./options.ts";
export type { RestoredTask, TaskExit } from "./task/restored-task.ts";
