import { readFileSync } from "node:fs";

/** Pure: the mount points in `/proc/PID/mountinfo`, read byte by byte (latin1): the kernel writes blanks and backslashes in octal, other bytes as they are. */
export function mountPoints(mountinfo: string): ReadonlySet<string> {
  const points = mountinfo.split("\n").flatMap((line) => line.split(" ")[4] ?? []);
  return new Set(points.map((point) => Buffer.from(point.replace(/\\([0-7]{3})/g, byteOf), "latin1").toString("utf8")));
}

function byteOf(_match: string, octal: string): string {
  return String.fromCharCode(Number.parseInt(octal, 8));
}

/** The mount points of this container, files among them: the kubelet's hosts, hostname and resolv.conf. Empty where /proc is not mounted. */
export function ownMountPoints(): ReadonlySet<string> {
  try {
    return mountPoints(readFileSync("/proc/self/mountinfo", "latin1"));
  } catch {
    return new Set();
  }
}
