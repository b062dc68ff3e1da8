import type { CheckOptions, CheckReport } from "./operations/check.ts";
import type { DumpResult } from "./operations/dump.ts";
import type { PageServer, PageServerOptions } from "./operations/page-server.ts";
import type { PreDumpRound, PreDumpRoundsOptions } from "./operations/pre-dump-rounds.ts";
import type { RestoreResult } from "./operations/restore.ts";
import type { CriuVersion } from "./operations/version.ts";
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
   * @throws CriuOperationError `ERR_CRIU_RESTORE`, `ERR_CRIU_KEEPER`, `ERR_CRIU_TASK_LOST` and the others of {@link Criu.dump}
   * @throws CriuError `ERR_CRIU_INVALID_OPTION`, and `ERR_CRIU_ABORTED` before anything was done
   */
  restore(options: RestoreOptions): Promise<RestoreResult>;
  /**
   * Repeats pre-dumps until the caller stops iterating: each writes what has changed since the one before. A dump into a directory beside the last
   * round's, with its `previousImages` and `trackMemory`, then only has the rest to write.
   *
   * @throws as {@link Criu.preDump}; `ERR_CRIU_IMAGE_DIRECTORY` when a round's directory cannot be made
   */
  preDumpRounds(options: PreDumpRoundsOptions): AsyncIterable<PreDumpRound>;
  /**
   * Starts a page server, to which a dump on another machine sends memory (`pageServer`). Resolves when it listens.
   *
   * @throws CriuOperationError `ERR_CRIU_PAGE_SERVER`, `ERR_CRIU_ABORTED`, `ERR_CRIU_TIMEOUT`, `ERR_CRIU_NOT_FOUND`
   */
  startPageServer(options: PageServerOptions): Promise<PageServer>;
  /**
   * Asks CRIU whether it can work here.
   *
   * @throws CriuError `ERR_CRIU_NOT_FOUND`, `ERR_CRIU_ABORTED`, `ERR_CRIU_CHECK` when it was killed, `ERR_CRIU_UNSUPPORTED` for a feature that CRIU has no name for
   */
  check(options?: CheckOptions): Promise<CheckReport>;
  /** CRIU's version. @throws CriuError `ERR_CRIU_NOT_FOUND` */
  version(options?: { readonly signal?: AbortSignal | undefined }): Promise<CriuVersion>;
}

/**
 * Makes a driver. Nothing is run, and nothing is looked for, until an operation is called; its code is loaded then, too, since a driver may live in a process
 * for months before it dumps.
 */
export function createCriu(options: CriuOptions = {}): Criu {
  return {
    dump: async (given) => (await import("./operations/dump.ts")).runDump(options, "dump", given),
    preDump: async (given) => (await import("./operations/dump.ts")).runDump(options, "pre-dump", given),
    preDumpRounds: async function* (given) {
      yield* (await import("./operations/pre-dump-rounds.ts")).preDumpRounds(options, given);
    },
    restore: async (given) => (await import("./operations/restore.ts")).runRestore(options, given),
    startPageServer: async (given) => (await import("./operations/page-server.ts")).startPageServer(options, given),
    check: async (given = {}) => (await import("./operations/check.ts")).runCheck(options, given),
    version: async ({ signal } = {}) => (await import("./operations/version.ts")).readVersion(options, signal),
  };
}
