import { readFileSync } from "node:fs";

/** The container's own cgroup, of version 2 and of version 1. */
const Files = ["/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"] as const;

/** How many processes of the container the kernel has killed, since it was made, because its memory was used up. 0 too where that cannot be seen. */
export function outOfMemoryKills(): number {
  for (const file of Files) {
    try {
      return parseOutOfMemoryKills(readFileSync(file, "utf8"));
    } catch {
      // The other version's, or cgroups that are not mounted.
    }
  }
  return 0;
}

/** Pure: the line `oom_kill N`, which both files have. */
export function parseOutOfMemoryKills(text: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}
