import { createHash } from "node:crypto";
import type { DigestAlgorithm, FileDigest } from "./digest.ts";
import { StoreError } from "./error.ts";

/** Name of the file that makes a directory a checkpoint; written last. */
export const ManifestName = "checkpoint.json";
/** The only format there is. */
export const ManifestFormat = 1;

/** What the maker of a checkpoint records about it. */
export interface CheckpointFacts {
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
  readonly initDigest: string;
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
}

/** A checkpoint's whole record. */
export interface Manifest extends CheckpointFacts {
  readonly format: typeof ManifestFormat;
  readonly number: number;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly digest: DigestAlgorithm;
  /** Every file, by its path below the generation's directory. */
  readonly files: Readonly<Record<string, FileDigest>>;
  readonly bytes: number;
}

/** Pure: the manifest and a digest of its own, since a flipped byte in it would be a wrong restore as well. */
export function printManifest(manifest: Manifest): string {
  const text = JSON.stringify(manifest);
  return `${JSON.stringify({ manifest: text, sha256: sha256(text) })}\n`;
}

/** Pure. @throws StoreError `ERR_STORE_FORMAT` of another crik's, `ERR_STORE_MANIFEST` of a damaged one */
export function readManifest(text: string): Manifest {
  const outer = parse(text);
  if (typeof outer["manifest"] !== "string" || outer["sha256"] !== sha256(outer["manifest"]))
    throw damaged("its digest does not match");
  const value = parse(outer["manifest"]);
  if (value["format"] !== ManifestFormat) {
    throw new StoreError(
      "ERR_STORE_FORMAT",
      `the checkpoint has format ${String(value["format"])}, and this crik knows ${ManifestFormat}`,
      {
        hint: "restore it with the version of crik that made it",
      },
    );
  }
  return value as unknown as Manifest;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw damaged("it is not JSON", error);
  }
  throw damaged("it is not an object");
}

function damaged(why: string, cause?: unknown): StoreError {
  return new StoreError("ERR_STORE_MANIFEST", `the manifest is damaged: ${why}`, { cause });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
