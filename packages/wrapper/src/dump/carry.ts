import { hasPathPrefix } from "../proc/paths.ts";

/** What decides which files go into a checkpoint. */
export interface CarryPlan {
  /** Trees whose files are carried when they have changed since the container started. */
  readonly changedBelow: readonly string[];
  /** Files and folders that are carried in any case. */
  readonly always: readonly string[];
  readonly exclude: readonly string[];
}

/** Never carried: what the kernel or the kubelet makes anew in every container. */
const Never = ["/proc", "/sys", "/dev/pts", "/dev/mqueue", "/run/secrets", "/var/run/secrets"] as const;

/**
 * Pure: which files to carry.
 *
 * CRIU itself needs only what is open or mapped, and that is not enough for applications: it misses closed files (PostgreSQL's tables, nginx's
 * configuration). So the default is everything that the container has changed in its writable layer, and /dev/shm.
 */
export function carryPlan(options: {
  readonly writableLayer: boolean;
  readonly additionalPaths: readonly string[];
  readonly openPaths: readonly string[];
  readonly exclude: readonly string[];
}): CarryPlan {
  const { writableLayer, additionalPaths, openPaths } = options;
  const exclude = [...Never, ...options.exclude];
  return {
    changedBelow: writableLayer ? ["/", "/dev/shm"] : [],
    always: [...additionalPaths, ...(writableLayer ? [] : openPaths)].filter(
      (path) => !exclude.some((folder) => hasPathPrefix(path, folder)),
    ),
    exclude,
  };
}
