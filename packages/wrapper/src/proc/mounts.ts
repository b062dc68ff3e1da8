import { readFileSync } from "node:fs";

/** Pure: the mount points in a `/proc/PID/mountinfo`; octal escapes (`\040`) undone. */
export function parseMountPoints(mountinfo: string): readonly string[] {
  return mountinfo
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    .map((path) => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
}

/** Every mount point of this container. */
export function mountPoints(): readonly string[] {
  return parseMountPoints(readFileSync("/proc/self/mountinfo", "utf8"));
}
