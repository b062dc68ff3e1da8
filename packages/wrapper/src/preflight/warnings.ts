import { LeastMemory, mebibytes } from "../dump/require-memory.ts";

/** What the volume, the memory limit and the process ids look like before the application has started. */
export interface WarningFacts {
  /** The image directory, where it lies in the container's own layer; `undefined` where it is on a volume, or nobody can tell. */
  readonly imageDirectoryInLayer?: string | undefined;
  /** What is left under the container's memory limit, in bytes; `undefined` where there is no limit. */
  readonly memoryRoom?: number | undefined;
  /** The name of process 1, where the process ids are not this container's alone; `undefined` where they are, or nobody can tell. */
  readonly othersFirstProcess?: string | undefined;
}

/** One thing that a checkpoint may be lost for, and the lines that cure it. */
export interface PreflightWarning {
  readonly code: "image-directory-in-layer" | "little-memory" | "shared-pids";
  readonly message: string;
  readonly remedy: string;
}

/**
 * Pure. Each can be as it should: a container that is stopped and started again by hand keeps its layer, a memory limit can be raised while it runs, and
 * process ids may happen to be free.
 */
export function warningsOf({
  imageDirectoryInLayer,
  memoryRoom,
  othersFirstProcess,
}: WarningFacts): readonly PreflightWarning[] {
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
  if (othersFirstProcess !== undefined) {
    warnings.push({
      code: "shared-pids",
      message: `the process ids are not this container's alone (process 1 is ${othersFirstProcess}): a checkpoint cannot be restored where another process has an id that it needs`,
      remedy: "remove shareProcessNamespace and hostPID from the pod, or run crik as the first process of a container",
    });
  }
  return warnings;
}
