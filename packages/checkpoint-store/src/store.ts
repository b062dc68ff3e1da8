import { realpath } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { DigestAlgorithm } from "./chunk-hasher.ts";
import { type ClaimOptions, type ClaimOutcome, claimNewest } from "./claim.ts";
import { type StoreClock, systemClock } from "./clock.ts";
import { generationNames, pathOf, type StoreContext } from "./context.ts";
import { readUntrusted, syncDirectory, tryRename } from "./durable.ts";
import { StoreError } from "./error.ts";
import { isClaimant } from "./generation-name.ts";
import { watchLeases } from "./lease.ts";
import type { Below } from "./lineage.ts";
import { type Generation, listGenerations } from "./list.ts";
import { type StoreLogger, silentLogger } from "./logger.ts";
import { checkDigests, checkSizes, manifestOf } from "./manifest/check-files.ts";
import { prepareDirectory } from "./prepare.ts";
import type { PruneReport } from "./prune.ts";
import { type MakeFifo, systemMakeFifo } from "./put-back/make-fifo.ts";
import type { SetTimes } from "./put-back/times.ts";
import { type QuarantineReason, writeReason } from "./quarantine.ts";
import type { Retention } from "./retention.ts";
import { type StagedCheckpoint, stageCheckpoint } from "./staged.ts";
import { codeOf, storeError } from "./system-error.ts";

/** How an image directory is opened. */
export interface OpenStoreOptions {
  /** The image directory, absolute. It is made when its parent exists. */
  readonly directory: string;
  /** Different at every start of a container: 1 to 80 letters, digits and hyphens. It becomes part of directory names. */
  readonly claimant: string;
  /** For new checkpoints. @defaultValue `"xxh3"` */
  readonly digest?: DigestAlgorithm | undefined;
  /** A claim that was not renewed for this long is taken over, in milliseconds. @defaultValue 10 000 */
  readonly leaseMs?: number | undefined;
  /** Nothing is written, and the directory is not made; only looking is possible then. @defaultValue `false` */
  readonly readOnly?: boolean | undefined;
  /** @defaultValue the `mkfifo` of the PATH, when a FIFO is put back */
  readonly makeFifo?: MakeFifo | undefined;
  /** Sets times to the nanosecond after files were put back. @defaultValue none: the runtime's own call, within 120 ns */
  readonly setTimes?: SetTimes | undefined;
  readonly log?: StoreLogger | undefined;
  readonly clock?: StoreClock | undefined;
  /** For tests: awaited before each step that changes the disk, with the step's name. What it throws is that step's failure. */
  readonly onStep?: ((name: string) => void | Promise<void>) | undefined;
}

/** A generation that was verified. */
export interface VerifyReport {
  readonly number: number;
  readonly files: number;
  readonly bytes: number;
}

/** Which complete generations are passed over. @defaultValue all */
export interface PassOverOptions extends Below {
  /** Not these. */
  readonly except?: ReadonlySet<number> | undefined;
}

/** An image directory. */
export interface CheckpointStore {
  /** Its real path. */
  readonly directory: string;
  /** Every generation in every state, the oldest first. Does not fail for one that cannot be read. */
  list(): Promise<readonly Generation[]>;
  /** Begins a new generation. @throws StoreError `ERR_STORE_FULL`, `ERR_STORE_READ_ONLY`, `ERR_STORE_IO` */
  stage(): Promise<StagedCheckpoint>;
  /** Claims the newest generation that may be restored, see {@link ClaimOptions}. */
  claim(options?: ClaimOptions): Promise<ClaimOutcome>;
  /**
   * Checks sizes and recomputes every digest of a generation, in whatever state. Changes nothing.
   * @throws StoreError `ERR_STORE_NOT_FOUND`, `ERR_STORE_MANIFEST`, `ERR_STORE_FORMAT`, `ERR_STORE_SIZE`, `ERR_STORE_DIGEST`, `ERR_STORE_ABORTED`
   */
  verify(number: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<VerifyReport>;
  /** Removes old generations, and what dead containers left. Never the only good one. */
  prune(retention: Retention): Promise<PruneReport>;
  /**
   * Quarantines complete generations: the application has gone on without them, and going back to one of them later would be the wrong restore.
   * @returns their numbers; one that another container claims at this moment is not among them
   */
  passOver(reason: QuarantineReason, options?: PassOverOptions): Promise<readonly number[]>;
  /** Reads a log or statistics beside the images; `undefined` when it is not there. @throws StoreError when it is a link or larger than 16 MiB */
  readSidecar(
    number: number,
    name: "dump.log" | "restore.log" | "stats-dump" | "stats-restore",
  ): Promise<Buffer | undefined>;
}

const SidecarLimitBytes = 16 * 1024 * 1024;

/** Opens an image directory. @throws StoreError see {@link prepareDirectory} and `ERR_STORE_INVALID_OPTION` */
export async function openStore(options: OpenStoreOptions): Promise<CheckpointStore> {
  const { readOnly = false, clock = systemClock } = options;
  checkOptions(options);
  await prepareDirectory(options.directory, { claimant: options.claimant, readOnly });
  // The real path is what files below it are known by when a checkpoint is to leave them out.
  const directory = await realpath(options.directory);
  const context: StoreContext = {
    root: directory,
    claimant: options.claimant,
    digest: options.digest ?? "xxh3",
    leaseMs: options.leaseMs ?? 10_000,
    makeFifo: options.makeFifo ?? systemMakeFifo,
    setTimes: options.setTimes,
    clock,
    log: options.log ?? silentLogger,
    leases: watchLeases(clock),
    claims: new Map(),
    step: async (name) => {
      try {
        await options.onStep?.(name);
      } catch (error) {
        throw storeError(error, name);
      }
    },
  };
  let claiming: Promise<unknown> = Promise.resolve();

  function mustWrite(): void {
    if (readOnly) throw new StoreError("ERR_STORE_READ_ONLY", `${directory} was opened to be read only`);
  }

  async function find(number: number): Promise<string> {
    const found = (await generationNames(context)).findLast(
      (name) => name.number === number && name.state !== "staging",
    );
    if (found === undefined)
      throw new StoreError("ERR_STORE_NOT_FOUND", `there is no generation ${number} in ${directory}`);
    return pathOf(context, found);
  }

  // Seen now, a dead container's lease can be judged when the first checkpoint is pruned.
  if (!readOnly) await lookAtLeases(context);

  return {
    directory,
    list: () => listGenerations(context),
    stage: async () => {
      mustWrite();
      return stageCheckpoint(context);
    },
    claim: async (claimOptions = {}) => {
      mustWrite();
      // One after the other: two of one process would bear the same name.
      const result = claiming.then(() => claimNewest(context, claimOptions));
      claiming = result.catch(() => {});
      return result;
    },
    verify: async (number, { signal } = {}) => {
      const generation = await find(number);
      const manifest = await manifestOf(generation, number);
      await checkSizes(generation, manifest);
      await checkDigests(generation, manifest, { signal });
      return { number, files: Object.keys(manifest.files).length, bytes: manifest.bytes };
    },
    prune: async (retention) => {
      mustWrite();
      const { pruneStore } = await import("./prune.ts");
      return pruneStore(context, retention);
    },
    passOver: async (reason, passOverOptions = {}) => {
      mustWrite();
      return passOver(context, reason, passOverOptions);
    },
    readSidecar: async (number, name) => {
      const path = join(await find(number), name);
      return readUntrusted(path, SidecarLimitBytes).catch((error: StoreError) => {
        if (codeOf(error.cause) === "ENOENT") return undefined;
        throw error;
      });
    },
  };
}

async function passOver(
  context: StoreContext,
  reason: QuarantineReason,
  { olderThan = Number.POSITIVE_INFINITY, except }: PassOverOptions,
): Promise<readonly number[]> {
  const passed: number[] = [];
  for (const name of await generationNames(context)) {
    if (name.state !== "complete" || name.number >= olderThan || except?.has(name.number) === true) continue;
    const directory = pathOf(context, name);
    await context.step("pass-over");
    await writeReason(directory, reason);
    if (await tryRename(directory, pathOf(context, { number: name.number, state: "quarantined" })))
      passed.push(name.number);
  }
  if (passed.length > 0) await syncDirectory(context.root);
  return passed;
}

async function lookAtLeases(context: StoreContext): Promise<void> {
  for (const name of await generationNames(context)) {
    if (name.state === "staging" || name.state === "restoring") await context.leases.unchangedMs(pathOf(context, name));
  }
}

function checkOptions({ directory, claimant, leaseMs = 1 }: OpenStoreOptions): void {
  if (!isAbsolute(directory))
    throw new StoreError("ERR_STORE_INVALID_OPTION", `the image directory ${directory} is not an absolute path`);
  if (!isClaimant(claimant))
    throw new StoreError("ERR_STORE_INVALID_OPTION", `${claimant} is not 1 to 80 letters, digits and hyphens`);
  if (!(leaseMs > 0)) throw new StoreError("ERR_STORE_INVALID_OPTION", `a lease of ${leaseMs} ms is not positive`);
}
