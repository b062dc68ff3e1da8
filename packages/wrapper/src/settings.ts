/** How dumps and restores are done, beside the policy that says when. */
export interface CheckpointSettings {
  /** Files and folders outside the writable layer to carry along, absolute. */
  readonly additionalPaths: readonly string[];
  /** Removed before a dump, because a watch on them cannot be dumped; put back after it. */
  readonly inotifyIncompatiblePaths: readonly string[];
  /** Carry what the container has changed in its writable layer, and /dev/shm. */
  readonly carryWritableLayer: boolean;
  /** Above this only what the tree has open is carried, in bytes. */
  readonly carryLimitBytes: number;
  /** Never carried, absolute; beside the image directory and crik's own. */
  readonly carryExclude: readonly string[];
  readonly tcp: "close" | "established" | "fail";
  /** Largest deleted-but-open file to save, in bytes. */
  readonly ghostLimitBytes: number;
  readonly verbosity: 0 | 1 | 2 | 3 | 4;
  readonly extraDumpArguments: readonly string[];
  readonly extraRestoreArguments: readonly string[];
  /**
   * How long CRIU may go on after its dump was given up, in milliseconds. At its hook it can be told to stop without harm; killed before, it may take a process of the tree
   * along. Until then the application stands frozen and does not get its stop.
   */
  readonly givenUpDumpMs: number;
  /** A restore that takes longer is ended: a damaged image can make CRIU spin for ever. In milliseconds. */
  readonly restoreTimeoutMs: number;
  /** How long a search waits for another container that holds the newest checkpoint, in milliseconds. */
  readonly claimTimeoutMs: number;
  /** Generations kept, and bytes, at most; never the only good one. */
  readonly keep: { readonly generations: number; readonly bytes?: number | undefined };
  /** When the checkpoint was made of another command than this container runs. */
  readonly ifCommandChanged: "restore" | "start-fresh" | "fail";
}

/** @see {@link CheckpointSettings} for each. */
export const defaultSettings: CheckpointSettings = {
  additionalPaths: [],
  inotifyIncompatiblePaths: [],
  carryWritableLayer: true,
  carryLimitBytes: 1024 ** 3,
  carryExclude: [],
  tcp: "close",
  ghostLimitBytes: 500 * 1024 ** 2,
  verbosity: 2,
  extraDumpArguments: [],
  extraRestoreArguments: [],
  givenUpDumpMs: 1_250,
  restoreTimeoutMs: 120_000,
  claimTimeoutMs: 30_000,
  keep: { generations: 2 },
  ifCommandChanged: "start-fresh",
};
