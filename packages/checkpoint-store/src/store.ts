import { realpath } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { CheckpointStore } from "./checkpoint-store.ts";
import type { DigestAlgorithm } from "./chunk-hasher.ts";
import { claimNewest } from "./claim.ts";
import { type StoreClock, systemClock } from "./clock.ts";
import { generationNames, pathOf, type StoreContext } from "./context.ts";
import { readUntrusted } from "./durable.ts";
import { StoreError } from "./error.ts";
import { isClaimant } from "./generation-name.ts";
import { watchLeases } from "./lease.ts";
import { type StoreLogger, silentLogger } from "./logger.ts";
import { passOver } from "./pass-over.ts";
import { prepareDirectory } from "./prepare.ts";
import { type MakeFifo, systemMakeFifo } from "./put-back/make-fifo.ts";
import type { SetTimes } from "./put-back/times.ts";
import { codeOf, storeError } from "./system-error.ts";

/** How an image directory is opened. */
export interface OpenStoreOptions {
  /** The image directory, absolute. It is made when its parent exists. */
  readonly directory: string;
  /** Different at every start of a container: 1 to 80 letters, digits and hyphens. It becomes part of directory names. */
  readonly claimant: string;
  /** For new checkpoints. @defaultValue `"xxh3"` */
  readonly digest?: DigestAlgorithm | undefined;
  /** A claim that was not renewed for this long is taken over, in milliseconds; what another container writes is given up after twice as long. @defaultValue 10 000 */
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

const SidecarLimitBytes = 16 * 1024 * 1024;

/**
 * Opens an image directory. What only a checkpoint needs is loaded when there is one: the store of a container stays in memory with it.
 *
 * @throws StoreError see {@link prepareDirectory} and `ERR_STORE_INVALID_OPTION`
 */
export async function openStore(options: OpenStoreOptions): Promise<CheckpointStore> {
  const { readOnly = false, clock = systemClock, leaseMs = 10_000 } = options;
  checkOptions(options);
  await prepareDirectory(options.directory, { claimant: options.claimant, readOnly });
  // The real path is what files below it are known by when a checkpoint is to leave them out.
  const directory = await realpath(options.directory);
  const context: StoreContext = {
    root: directory,
    claimant: options.claimant,
    digest: options.digest ?? "xxh3",
    leaseMs,
    makeFifo: options.makeFifo ?? systemMakeFifo,
    setTimes: options.setTimes,
    clock,
    log: options.log ?? silentLogger,
    leases: watchLeases({ clock, leaseMs }),
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
    list: async () => (await import("./list.ts")).listGenerations(context),
    stage: async () => {
      mustWrite();
      const { stageCheckpoint } = await import("./staged.ts");
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
      const { checkDigests, checkSizes, manifestOf } = await import("./manifest/check-files.ts");
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
