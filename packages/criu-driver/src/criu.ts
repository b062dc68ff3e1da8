import { type DumpResult, runDump } from "./operations/dump.ts";
import { type RestoreResult, runRestore } from "./operations/restore.ts";
import { type CriuVersion, readVersion } from "./operations/version.ts";
import type { CriuOptions, DumpOptions, RestoreOptions } from "./options.ts";

/** CRIU, as a set of typed operations. Stateless: one instance may run many operations, also at once. */
export interface Criu {
  /**
   * Dumps a process tree and kills it, or lets it run with `leaveRunning`.
   *
   * @throws CriuOperationError `ERR_CRIU_DUMP`, `ERR_CRIU_HOOK`, `ERR_CRIU_ABORTED`, `ERR_CRIU_TIMEOUT`, `ERR_CRIU_NOT_FOUND`,
   * `ERR_CRIU_NOT_PERMITTED`, `ERR_CRIU_UNSUPPORTED`
   * @throws CriuError `ERR_CRIU_INVALID_OPTION`, and `ERR_CRIU_ABORTED` before anything was done
   */
  dump(options: DumpOptions): Promise<DumpResult>;
  /** Dumps memory while the task goes on running. @throws as {@link Criu.dump}, with `ERR_CRIU_PRE_DUMP` */
  preDump(options: DumpOptions): Promise<DumpResult>;
  /**
   * Restores a process tree. Resolves when it runs.
   *
   * @throws CriuOperationError `ERR_CRIU_RESTORE` and the others of {@link Criu.dump}
   * @throws CriuError `ERR_CRIU_KEEPER`, `ERR_CRIU_INVALID_OPTION`
   */
  restore(options: RestoreOptions): Promise<RestoreResult>;
  /** CRIU's version. @throws CriuError `ERR_CRIU_NOT_FOUND` */
  version(options?: { readonly signal?: AbortSignal | undefined }): Promise<CriuVersion>;
}

/** Makes a driver. Nothing is run, and nothing is looked for, until an operation is called. */
export function createCriu(options: CriuOptions = {}): Criu {
  return {
    dump: (given) => runDump(options, "dump", given),
    preDump: (given) => runDump(options, "pre-dump", given),
    restore: (given) => runRestore(options, given),
    version: ({ signal } = {}) => readVersion(options, signal),
  };
}
