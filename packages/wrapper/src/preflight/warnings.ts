import { LeastMemory, mebibytes } from "../dump/require-memory.ts";

/** What the volume and the memory limit look like before the application has started. */
export interface WarningFacts {
  /** The image directory, where it lies in the container's own layer; `undefined` where it is on a volume, or nobody can tell. */
  readonly imageDirectoryInLayer?: string | undefined;
  /** What is left under the container's memory limit, in bytes; `undefined` where there is no limit. */
  readonly memoryRoom?: number | undefined;
}

/** One thing that a checkpoint may be lost for, and the lines that cure it. */
export interface PreflightWarning {
  readonly code: "image-directory-in-layer" | "little-memory";
  readonly message: string;
  readonly remedy: string;
}

/**
 * Pure. Both can be as they should: a container that is stopped and started again by hand keeps its layer, and a memory limit can be raised while it runs.
 */
export function warningsOf({ imageDirectoryInLayer, memoryRoom }: WarningFacts): readonly PreflightWarning[] {
  const warnings: PreflightWarning[] = [];
  if (imageDirectoryInLayer !== undefined) {
    warnings.push({
      code: "image-directory-in-layer",
      message: `the image directory ${imageDirectoryInLayer} is not on a volume: it goes with this container, and so do the checkpoints in it`,
      remedy: "mount a volume there that the next pod gets too (volumeMounts, and a persistentVolumeClaim)",
    });
  }
  if (memoryRoom !== undefined && memoryRoom < LeastMemory) {
    warnings.push({
      code: "little-memory",
      message: `${mebibytes(memoryRoom)} MiB are left under the memory limit of the container before the application runs, and a dump needs ${mebibytes(LeastMemory)} MiB beside it: no checkpoint will be made`,
      remedy: "raise the container's memory limit (resources.limits.memory)",
    });
  }
  return warnings;
}
