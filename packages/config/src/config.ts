import type {
  CheckpointOn,
  DigestAlgorithm,
  LogFormat,
  LogLevel,
  RestoreFallback,
  StopSignal,
  TcpMode,
  Verbosity,
} from "./choices.ts";

/**
 * The file as people write it. Every key is optional; `imageDir` must come from the file, from `CRIK_IMAGE_DIR` or from `--image-dir`.
 * What each key means, its default and the symptom that makes you need it: docs/configuration.md.
 */
export interface WrittenConfig {
  readonly imageDir?: string;
  readonly additionalPaths?: readonly string[];
  readonly inotifyIncompatiblePaths?: readonly string[];
  readonly nodeStateServerURL?: string;
  readonly nodeName?: string;
  readonly nodeStateTimeout?: string;
  readonly nodeStateGrace?: string;
  readonly nodeStateWatch?: boolean;
  readonly nodeStateCAFile?: string;
  readonly nodeStateTokenFile?: string;
  readonly ifNodeStateUnavailable?: "checkpoint" | "stop";
  readonly checkpointOn?: CheckpointOn;
  readonly checkpointSignals?: readonly StopSignal[];
  readonly exitCodeAfterCheckpoint?: number;
  readonly gracePeriod?: string;
  readonly stopReserve?: string;
  readonly restoreTimeout?: string;
  readonly ifRestoreFails?: RestoreFallback;
  readonly ifClaimed?: "start-fresh" | "fail";
  readonly claimTimeout?: string;
  readonly ifCommandChanged?: "restore" | "start-fresh" | "fail";
  readonly carry?: {
    readonly writableLayer?: boolean;
    readonly limit?: string | number;
    readonly exclude?: readonly string[];
  };
  readonly keep?: { readonly generations?: number; readonly bytes?: string | number };
  readonly digest?: DigestAlgorithm;
  readonly tcp?: TcpMode;
  readonly prevent?: { readonly ioUring?: boolean; readonly multipathTcp?: boolean };
  readonly criu?: {
    readonly path?: string;
    readonly mode?: "auto" | "privileged" | "unprivileged";
    readonly verbosity?: Verbosity;
    readonly ghostLimit?: string | number;
    readonly extraDumpArguments?: readonly string[];
    readonly extraRestoreArguments?: readonly string[];
  };
  readonly log?: { readonly level?: LogLevel; readonly format?: LogFormat };
}

/** The file as code reads it: defaults filled in, units in the names, nothing optional that has a default. Plain data, safe to share. */
export interface Config {
  /** Absolute. `undefined` only when there was no file, no variable and no flag that names one: then crik only supervises. */
  readonly imageDirectory: string | undefined;
  /** Where to ask whether the node is going away. */
  readonly nodeStateServer: NodeStateServerConfig | undefined;
  /** When a stop signal comes. `"node-shutting-down"` asks {@link Config.nodeStateServer} first, which is then always there. */
  readonly checkpointOn: CheckpointOn;
  /** The signals that mean "stop", at least one; every other signal is the application's own affair. */
  readonly checkpointSignals: readonly StopSignal[];
  readonly ifNodeStateUnavailable: "checkpoint" | "stop";
  /** 0 to 255. */
  readonly exitCodeAfterCheckpoint: number;
  /** The pod's `terminationGracePeriodSeconds`, in milliseconds. */
  readonly gracePeriodMs: number;
  /** Kept back from the grace period for SIGTERM, then SIGKILL; always less than {@link Config.gracePeriodMs}. */
  readonly stopReserveMs: number;
  /** How long one `criu restore` may take before it is killed. */
  readonly restoreTimeoutMs: number;
  /** What to try after a restore that failed. `"previous"`: the previous complete generation, and when there is none, a fresh start. */
  readonly ifRestoreFails: RestoreFallback;
  /** What to do when another container still holds the claim on the checkpoint after {@link Config.claimTimeoutMs}. */
  readonly ifClaimed: "start-fresh" | "fail";
  /** How long to wait for another container's claim to end. 0: do not wait. */
  readonly claimTimeoutMs: number;
  /** What to do when the checkpoint is of another command than the one crik was given. */
  readonly ifCommandChanged: "restore" | "start-fresh" | "fail";
  /** Absolute, in the order written. */
  readonly additionalPaths: readonly string[];
  /** Directories that CRIU scans for inotify inodes (`--irmap-scan-path`). Absolute. */
  readonly inotifyIncompatiblePaths: readonly string[];
  readonly carry: {
    /** Carry what the container has changed in its writable layer, and /dev/shm. */
    readonly writableLayer: boolean;
    /** Above this many bytes crik falls back to the files that the task has open. */
    readonly limitBytes: number;
    /** Absolute paths that are never carried, with everything below them. */
    readonly exclude: readonly string[];
  };
  readonly keep: {
    /** Complete generations that stay, at least 1. */
    readonly generations: number;
    /** Oldest generations go until the rest fits; `undefined`: no limit by size. */
    readonly bytes: number | undefined;
  };
  readonly digest: DigestAlgorithm;
  readonly tcp: TcpMode;
  readonly prevent: { readonly ioUring: boolean; readonly multipathTcp: boolean };
  readonly criu: {
    /** Program to run; `undefined`: the bundled one, else `criu` from the PATH. */
    readonly path: string | undefined;
    readonly mode: "auto" | "privileged" | "unprivileged";
    /** CRIU's `-v`, 0 to 4. */
    readonly verbosity: Verbosity;
    /** CRIU's `--ghost-limit`. */
    readonly ghostLimitBytes: number;
    readonly extraDumpArguments: readonly string[];
    readonly extraRestoreArguments: readonly string[];
  };
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}

/** How to ask about the node. */
export interface NodeStateServerConfig {
  /** `http:` or `https:`, as written and valid (`new URL(url)` does not throw). */
  readonly url: string;
  /** The node that this pod runs on, from `nodeName` or `KUBERNETES_NODE_NAME`. */
  readonly node: string;
  /** How long to try to get an answer other than `unknown`, in milliseconds. */
  readonly timeoutMs: number;
  /** How long to keep asking while the answer is not yet `shutting-down`, in milliseconds: the node's condition may appear after the pod's SIGTERM. */
  readonly graceMs: number;
  /** Follow the node's state all the time, so that it is known before SIGTERM comes. */
  readonly watch: boolean;
  /** PEM file with the authorities to trust for `https:`; `undefined`: those of the runtime. */
  readonly caFile: string | undefined;
  /** File with the bearer token to send; `undefined`: none. */
  readonly tokenFile: string | undefined;
}
