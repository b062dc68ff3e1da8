export type { CarryRequest } from "./carry/collect.ts";
export type { CarriedEntry, CarriedKind, Segment } from "./carry/entry.ts";
export type { CarriedFiles, CarryOptions } from "./carry/pack-files.ts";
export { type ChangedFile, type FindChangedFilesOptions, findChangedFiles } from "./changed-files.ts";
export type { DigestAlgorithm } from "./chunk-hasher.ts";
export type { ClaimOptions, ClaimOutcome, SkippedGeneration } from "./claim.ts";
export type { ClaimedCheckpoint } from "./claimed.ts";
export type { StoreClock } from "./clock.ts";
export type { CommittedCheckpoint } from "./commit.ts";
export type { FileDigest } from "./digest-file.ts";
export { isStoreError, StoreError, type StoreErrorCode, type StoreErrorDetails } from "./error.ts";
export type { GenerationName, GenerationState } from "./generation-name.ts";
export type { GoneGeneration } from "./gone.ts";
export type { Generation } from "./list.ts";
export type { StoreLogger } from "./logger.ts";
export type { CheckpointFacts, Manifest, MountRecord } from "./manifest/manifest.ts";
export type { PruneReport, RemovedGeneration } from "./prune.ts";
export type { MakeFifo } from "./put-back/make-fifo.ts";
export type { PutBackReport } from "./put-back/put-files-back.ts";
export type { FileTimes, SetTimes } from "./put-back/times.ts";
export type { QuarantineReason, QuarantineRecord } from "./quarantine.ts";
export type { Retention } from "./retention.ts";
export { type SetAside, type SetAsideOptions, setAside } from "./set-aside.ts";
export type { StagedCheckpoint } from "./staged.ts";
export {
  type CheckpointStore,
  type OpenStoreOptions,
  openStore,
  type PassOverOptions,
  type VerifyReport,
} from "./store.ts";
