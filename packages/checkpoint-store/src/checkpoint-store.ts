import type { ClaimOptions, ClaimOutcome } from "./claim.ts";
import type { Generation } from "./list.ts";
import type { PassOverOptions, PassOverReport } from "./pass-over.ts";
import type { PruneReport } from "./prune.ts";
import type { QuarantineReason } from "./quarantine.ts";
import type { Retention } from "./retention.ts";
import type { StagedCheckpoint } from "./staged.ts";

/** A generation that was verified. */
export interface VerifyReport {
  readonly number: number;
  readonly files: number;
  readonly bytes: number;
}

/** What may lie beside the images, for people: neither listed in the manifest nor checked. */
export type SidecarName = "dump.log" | "restore.log" | "stats-dump" | "stats-restore";

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
   * One that a container seems to have died over while it wrote it is removed, so that it is not committed late. To be called again for as long as others
   * are at work, where one of theirs must not become the newest.
   */
  passOver(reason: QuarantineReason, options?: PassOverOptions): Promise<PassOverReport>;
  /** Reads a log or statistics beside the images; `undefined` when it is not there. @throws StoreError when it is a link or larger than 16 MiB */
  readSidecar(number: number, name: SidecarName): Promise<Buffer | undefined>;
}
