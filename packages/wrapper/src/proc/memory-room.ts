import { readFileSync } from "node:fs";

/** What a container's memory cgroup tells, in bytes. */
export interface MemoryUse {
  /** `undefined`: none. */
  readonly limit: number | undefined;
  /** All of it, the page cache too. */
  readonly used: number;
  /** Pages of files that are in use only as a cache, which the kernel gives up when it needs the room. */
  readonly cache: number;
}

/** A limit of version 1 that is none: the largest number of pages there is. */
const NoLimit = 2 ** 60;

const Version2 = { limit: "memory.max", used: "memory.current", prefix: "" } as const;
const Version1 = {
  limit: "memory/memory.limit_in_bytes",
  used: "memory/memory.usage_in_bytes",
  prefix: "total_",
} as const;

/** How much memory the container may still take, in bytes; `undefined` where there is no limit or it cannot be seen. */
export function memoryRoom(): number | undefined {
  for (const version of [Version2, Version1]) {
    try {
      const read = (file: string): string => readFileSync(`/sys/fs/cgroup/${file}`, "utf8");
      const statistics = version === Version2 ? "memory.stat" : "memory/memory.stat";
      return roomOf(parseMemoryUse(read(version.limit), read(version.used), read(statistics), version.prefix));
    } catch {
      // The other version's, or cgroups that are not mounted.
    }
  }
  return undefined;
}

/** Pure: what is left below the limit. */
export function roomOf({ limit, used, cache }: MemoryUse): number | undefined {
  return limit === undefined ? undefined : Math.max(0, limit - Math.max(0, used - cache));
}

/**
 * Pure: the texts of the cgroup's files.
 *
 * @param prefix - of the names in `memory.stat` that count the cgroups below too
 */
export function parseMemoryUse(limit: string, used: string, statistics: string, prefix: "" | "total_"): MemoryUse {
  const count = (name: string): number =>
    Number(new RegExp(`^${prefix}${name} (\\d+)$`, "m").exec(statistics)?.[1] ?? 0);
  const bytes = limit.trim() === "max" ? NoLimit : Number(limit);
  return {
    limit: bytes >= NoLimit ? undefined : bytes,
    used: Number(used),
    cache: count("active_file") + count("inactive_file"),
  };
}
