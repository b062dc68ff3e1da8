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

/** From here on a limit of version 1 is none: it then has the largest whole number of pages below 2^63. */
const NoLimit = 2 ** 60;

/** Of a cgroup of version 2, and of version 1. */
const Versions = [
  { limit: "memory.max", used: "memory.current", statistics: "memory.stat", prefix: "" },
  {
    limit: "memory/memory.limit_in_bytes",
    used: "memory/memory.usage_in_bytes",
    statistics: "memory/memory.stat",
    prefix: "total_",
  },
] as const;

/** How much memory the container may still take, in bytes; `undefined` where there is no limit or it cannot be seen. */
export function memoryRoom(): number | undefined {
  const read = (file: string): string => readFileSync(`/sys/fs/cgroup/${file}`, "utf8");
  for (const { limit, used, statistics, prefix } of Versions) {
    try {
      return roomOf(parseMemoryUse({ limit: read(limit), used: read(used), statistics: read(statistics) }, prefix));
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
export function parseMemoryUse(
  { limit, used, statistics }: Readonly<Record<"limit" | "used" | "statistics", string>>,
  prefix: "" | "total_",
): MemoryUse {
  const count = (name: string): number =>
    Number(new RegExp(`^${prefix}${name} (\\d+)$`, "m").exec(statistics)?.[1] ?? 0);
  const bytes = limit.trim() === "max" ? NoLimit : Number(limit);
  return {
    limit: bytes >= NoLimit ? undefined : bytes,
    used: Number(used),
    cache: count("active_file") + count("inactive_file"),
  };
}
