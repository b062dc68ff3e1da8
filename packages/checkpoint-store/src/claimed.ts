import { join } from "node:path";
import { type Attempts, countFailure, forgetAttempts, writeAttempts } from "./attempts.ts";
import { IndexLimitBytes, IndexName, PackName, readIndex } from "./carry/entry.ts";
import { generationNames, pathOf, type StoreContext } from "./context.ts";
import { exists, openPlain, readUntrusted, syncDirectory, tryRename, writeDurably } from "./durable.ts";
import { isStoreError, StoreError } from "./error.ts";
import type { GenerationState } from "./generation-name.ts";
import { holdLease, type Renewal } from "./lease.ts";
import { isSuperseded } from "./lineage.ts";
import { checkDigests } from "./manifest/check-files.ts";
import { ImagesName, type Manifest } from "./manifest/manifest.ts";
import type { Changes } from "./put-back/changes.ts";
import type { PutBackReport } from "./put-back/put-files-back.ts";
import type { TakeBackReport } from "./put-back/take-back.ts";
import { type QuarantineReason, writeReason } from "./quarantine.ts";
import { readError, storeError } from "./system-error.ts";

/** A generation that this container alone may restore. Its sizes were checked; its digests were not. */
export interface ClaimedCheckpoint {
  readonly number: number;
  /** Where it is now: every rename changes it. */
  readonly directory: string;
  readonly imageDirectory: string;
  readonly manifest: Manifest;
  /** How many containers have claimed it in vain before this one, since it was made, restored or set apart the last time: they died, or released it as failed. */
  readonly attempts: number;
  /**
   * Puts the carried files back to their places; before CRIU starts. Their digests are checked before the first one is written.
   * @throws StoreError `ERR_STORE_DIGEST`, `ERR_STORE_MANIFEST` (nothing was written), `ERR_STORE_PUT_BACK` naming the path, `ERR_STORE_FULL`, `ERR_STORE_ABORTED`
   */
  putBack(options?: {
    readonly signal?: AbortSignal | undefined;
    readonly root?: string | undefined;
  }): Promise<PutBackReport>;
  /**
   * Undoes {@link ClaimedCheckpoint.putBack}, also one that has failed half-way, when nothing of the restored tree has run: what it had made is gone again, and
   * what it had replaced is there again, with its content, mode, owner and times. Until the claim is given up, since whoever has it next puts files back too.
   *
   * Not what has extended attributes: they are lost. Not after {@link ClaimedCheckpoint.consume} where something was replaced: that was let go then.
   * @throws StoreError `ERR_STORE_TAKE_BACK`, `ERR_STORE_ABORTED`: files of the checkpoint, or a part of them, are in their places
   */
  takeBack(options?: { readonly signal?: AbortSignal | undefined }): Promise<TakeBackReport>;
  /**
   * Recomputes the digests that {@link ClaimedCheckpoint.putBack} has not. Runs beside CRIU, reading the same page cache; to be awaited before the
   * restored tree runs.
   * @throws StoreError `ERR_STORE_DIGEST`, `ERR_STORE_ABORTED`
   */
  verify(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /**
   * The restored tree exists and has not run one instruction: from now on this checkpoint is never restored again. On the disk when it resolves.
   * @throws StoreError `ERR_STORE_CLAIM_LOST`, `ERR_STORE_IO`: nothing is consumed then, and the tree must not run. If that could not be undone on the disk
   * yet, the release or the quarantine does it
   */
  consume(): Promise<void>;
  /** Notes that the restored tree has run, for people who look at a consumed generation later. Never fails. */
  markResumed(): Promise<void>;
  /** Undoes {@link ClaimedCheckpoint.consume} when nothing has run after all: it is claimed again. */
  giveBack(): Promise<void>;
  /**
   * Gives up the claim: the generation is complete again, for the next container.
   *
   * With `failed` this container counts as one of its `attempts`: on the disk before the rename, so that the next one reads it. One that dies in between
   * counts twice, as a failure and as a death.
   * @throws StoreError `ERR_STORE_CLAIM_LOST`
   */
  release(options?: { readonly failed?: boolean | undefined }): Promise<void>;
  /** Keeps it apart with the reason; it is not tried again. @throws StoreError `ERR_STORE_CLAIM_LOST` */
  quarantine(reason: QuarantineReason): Promise<void>;
}

/** Name of the file that says that a restored tree has run. */
export const ResumedName = "resumed";

/** Holds a generation that bears our name already. */
export function holdClaim(
  context: StoreContext,
  claim: { readonly manifest: Manifest; readonly lease: Renewal; readonly attempts: Attempts },
): ClaimedCheckpoint {
  const { claimant, step } = context;
  const { manifest, attempts } = claim;
  const { number } = manifest;
  const named = (state: GenerationState): string =>
    pathOf(context, state === "restoring" || state === "consumed" ? { number, state, claimant } : { number, state });
  let lease = claim.lease;
  let state: GenerationState = "restoring";
  let carriedIsChecked = false;
  /** It may be consumed on the disk, although nothing has run, and could not be renamed back yet. */
  let mustUndo = false;
  let changes: Changes | undefined;
  let changesRoot: string | undefined;
  const token = Symbol(String(number));
  context.claims.set(number, token);

  async function move(from: GenerationState, to: GenerationState): Promise<void> {
    // A second claim of the same process bears the same name: without this both would find their rename done.
    if (context.claims.get(number) !== token) throw lost(`generation ${number} was claimed anew`);
    if (state !== from) throw lost(`generation ${number} is ${state}, and not ${from}, for this claim`);
    await step(`claimed:${to}`);
    if (!(await tryRename(named(from), named(to)))) {
      lease.stop();
      throw lost(`another container has taken over generation ${number}`);
    }
    state = to;
  }

  async function consume(): Promise<void> {
    // Only a look, since the rename decides about this generation; but a newer one may have been restored while we were slow.
    if (isSuperseded({ number, state: "restoring" }, await generationNames(context))) {
      throw lost(`a newer generation than ${number} was restored meanwhile`);
    }
    try {
      await move("restoring", "consumed");
      await step("claimed:sync-consumed");
      await syncDirectory(context.root);
    } catch (error) {
      if (isStoreError(error) && error.code === "ERR_STORE_CLAIM_LOST") throw error;
      // After a crash of the machine it could be there as if it had never been restored; and a rename that failed may have been done on a network file system.
      state = "consumed";
      await undo().catch((why: unknown) => {
        context.log.warn({ error: why }, `generation ${number} is not given back yet, although nothing has run`);
      });
      throw storeError(error, `syncing ${context.root}`);
    }
    lease.stop();
    changes?.letGo("the checkpoint was consumed");
  }

  async function undo(): Promise<void> {
    mustUndo = state === "consumed";
    await move("consumed", "restoring");
    mustUndo = false;
    // One that found no file to renew has stopped by itself.
    lease.stop();
    lease = await holdLease(named("restoring"), context);
  }

  async function leave(to: "complete" | "quarantined"): Promise<void> {
    await move("restoring", to);
    lease.stop();
    changes?.forget();
    await syncDirectory(context.root).catch((error: unknown) => {
      context.log.warn({ error }, `the rename of generation ${number} to ${to} may not outlive a crash of the machine`);
    });
  }

  return {
    number,
    get directory() {
      return named(state);
    },
    get imageDirectory() {
      return join(named(state), ImagesName);
    },
    manifest,
    attempts: attempts.died + attempts.failed,
    putBack: async ({ signal, root } = {}) => {
      const pack = manifest.files[PackName];
      if (pack === undefined) return { entries: 0, written: 0, bytes: 0 };
      const { putFilesBack } = await import("./put-back/put-files-back.ts");
      const { createChanges } = await import("./put-back/changes.ts");
      const directory = named(state);
      await checkDigests(directory, manifest, { names: [IndexName, PackName], signal });
      carriedIsChecked = true;
      const index = await readUntrusted(join(directory, IndexName), IndexLimitBytes);
      const entries = readIndex(index.toString("utf8"), pack.bytes);
      await step("put-back");
      await using handle = await openPlain(join(directory, PackName)).catch((error: unknown) => {
        throw readError(error, "opening the pack of carried files");
      });
      const { makeFifo, setTimes } = context;
      changes ??= createChanges();
      changesRoot = root;
      return await putFilesBack(entries, handle, {
        makeFifo,
        setTimes,
        protect: [context.root],
        root,
        signal,
        changes,
      });
    },
    takeBack: async ({ signal } = {}) => {
      if (changes === undefined) return { removed: 0, broughtBack: 0, sockets: 0, left: [] };
      const { takeFilesBack } = await import("./put-back/take-back.ts");
      await step("take-back");
      const { makeFifo, setTimes } = context;
      const isOurs = await exists(named(state));
      return await takeFilesBack(changes, { makeFifo, setTimes, root: changesRoot, isOurs, signal });
    },
    verify: ({ signal } = {}) => {
      const names = Object.keys(manifest.files).filter(
        (name) => !carriedIsChecked || (name !== PackName && name !== IndexName),
      );
      return checkDigests(named(state), manifest, { names, signal });
    },
    consume,
    giveBack: undo,
    markResumed: async () => {
      changes?.forget();
      await writeDurably(join(named(state), ResumedName), "").catch(() => {});
      await forgetAttempts(named(state));
    },
    release: async ({ failed = false } = {}) => {
      if (mustUndo) await undo();
      await step("claimed:count");
      if (failed) await countFailure(named(state), attempts, context.log);
      // It did not kill this container.
      else if (attempts.died > 0) await writeAttempts(named(state), { ...attempts, died: 0 }).catch(() => {});
      await leave("complete");
    },
    quarantine: async (reason) => {
      if (mustUndo) await undo();
      await writeReason(named(state), reason);
      await leave("quarantined");
      await forgetAttempts(named(state));
    },
  };
}

function lost(message: string): StoreError {
  return new StoreError("ERR_STORE_CLAIM_LOST", message, { left: "nothing was changed" });
}
