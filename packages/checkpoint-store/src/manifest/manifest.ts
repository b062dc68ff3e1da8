import type { DigestAlgorithm } from "../chunk-hasher.ts";
import type { FileDigest } from "../digest-file.ts";

/** Name of the file that makes a directory a checkpoint; written last. */
export const ManifestName = "checkpoint.json";
/** The only format there is. */
export const ManifestFormat = 1;
/** Name of the folder for CRIU's images in a generation. */
export const ImagesName = "checkpoint";

/** One mount of the container that was dumped. */
export interface MountRecord {
  readonly path: string;
  /** Such as `overlay`, `tmpfs`. */
  readonly type: string;
}

/** What the maker of a checkpoint records about it: what a restore must match or replace. */
export interface CheckpointFacts {
  /** What the container ran. */
  readonly command: readonly string[];
  /** Root of the dumped tree. */
  readonly rootPid: number;
  /** Every pid and thread id of the tree: a restore needs them free. */
  readonly pids: readonly number[];
  /** What descriptors 0, 1 and 2 were, by `readlink`. */
  readonly stdio: readonly [string, string, string];
  readonly versions: { readonly crik: string; readonly criu: string; readonly kernel: string };
  readonly architecture: string;
  readonly cpuFeatures: readonly string[];
  /** Digest of crik-init, which is mapped in the dumped tree: CRIU restores it only from the very same file. */
  readonly initDigest: string;
  /** Capabilities that the tree had, a hexadecimal mask as in `CapPrm`: a restore cannot give more than it has. */
  readonly capabilities?: string | undefined;
  readonly bootId: string;
  /** CLOCK_MONOTONIC at the dump, in milliseconds. */
  readonly monotonicMs: number;
  readonly mode: "privileged" | "unprivileged";
  readonly hostname: string;
  /** Generation that the task had been restored from. */
  readonly parent?: number | undefined;
  /** Why it was made, for people. */
  readonly reason: string;
  /** Open files of the tree whose path changes with the pod. */
  readonly cgroupFiles: readonly string[];
  /** The lines of `/proc/self/cgroup`. */
  readonly cgroups?: readonly string[] | undefined;
  readonly mounts?: readonly MountRecord[] | undefined;
}

/** A checkpoint's whole record. Plain data, checked when it was read. */
export interface Manifest extends CheckpointFacts {
  readonly format: typeof ManifestFormat;
  readonly number: number;
  /** Different for every checkpoint ever made. */
  readonly id: string;
  /** Who made it. */
  readonly claimant: string;
  /** RFC 3339, by the clock of the machine it was made on. */
  readonly createdAt: string;
  readonly digest: DigestAlgorithm;
  /** Every file, by its path below the generation's directory. */
  readonly files: Readonly<Record<string, FileDigest>>;
  /** Sum of the files, in bytes. */
  readonly bytes: number;
}
