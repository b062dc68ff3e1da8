import { WrapperError } from "../error.ts";
import { memoryRoom } from "../proc/memory-room.ts";

/**
 * The least memory under the container's limit that a dump is begun with, in bytes: for CRIU and what crik loads. Where it is used up the kernel may take the
 * task, which is the largest. Of 200 MiB under a limit, dumps with 6 MiB left all ended so, with 8 to 12.5 MiB half of them, with 14.5 to 22 MiB none of 20
 * (measured, cgroup v1).
 */
export const LeastMemory: number = 14 << 20;

/**
 * Lets no dump begin in which the kernel might end the task for want of memory.
 *
 * @throws {@link WrapperError} `ERR_WRAPPER_MEMORY`
 */
export function requireMemory(): void {
  const room = memoryRoom();
  if (room === undefined || room >= LeastMemory) return;
  throw new WrapperError(
    "ERR_WRAPPER_MEMORY",
    `${mebibytes(room)} MiB are left under the memory limit of the container, and a dump needs ${mebibytes(LeastMemory)} MiB`,
    {
      hint: "raise the container's memory limit: without room the kernel might end the application in the middle of the dump",
    },
  );
}

/** Pure: a number for people, without the unit. */
export function mebibytes(bytes: number): string {
  return (bytes / (1 << 20)).toFixed(1);
}
