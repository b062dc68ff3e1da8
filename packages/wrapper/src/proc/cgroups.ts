import { readFileSync } from "node:fs";

/** The lines of `/proc/self/cgroup`: in which cgroup of each hierarchy this container is. */
export function ownCgroups(): readonly string[] {
  return readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
}
