import type { ChangedFile } from "@crik/checkpoint-store";

/** Trees whose files are carried when they have changed: the writable layer, and what the application shares by memory. */
export const CarriedRoots: readonly string[] = ["/", "/dev/shm"];

/** Never carried: what the kernel or the kubelet makes anew in every container, and what CRIU finds out about each kernel (it is at work while files are looked at). */
export const NeverCarried: readonly string[] = [
  "/proc",
  "/sys",
  "/dev/pts",
  "/dev/mqueue",
  "/run/secrets",
  "/var/run/secrets",
  "/run/criu.kdat",
  "/run/criu.kdat.tmp",
];

/** Which of the changed files go into a checkpoint. */
export interface CarryChoice {
  readonly paths: readonly string[];
  /** Set when the limit was passed: bytes that all of them would have been. */
  readonly overLimitBytes?: number;
}

/**
 * Pure: what of the container's changes a checkpoint carries along.
 *
 * CRIU itself needs only what is open or mapped, and that is not enough for applications: it misses closed files (PostgreSQL's tables, nginx's
 * configuration). So it is everything that has changed, and only above the limit what the tree has open.
 */
export function chooseCarried(options: {
  readonly changed: readonly ChangedFile[];
  readonly openPaths: readonly string[];
  readonly limitBytes: number;
}): CarryChoice {
  const { changed, limitBytes } = options;
  const bytes = changed.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes <= limitBytes) return { paths: changed.map(({ path }) => path) };
  const open = new Set(options.openPaths);
  return { paths: changed.flatMap(({ path }) => (open.has(path) ? [path] : [])), overLimitBytes: bytes };
}
