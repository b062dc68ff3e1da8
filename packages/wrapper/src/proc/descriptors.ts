import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One open descriptor, as `/proc/PID/fd` and `/proc/PID/fdinfo` tell. */
export interface OpenDescriptor {
  readonly pid: number;
  readonly fd: number;
  /** `readlink`: a path, `pipe:[1]`, `socket:[1]`, `anon_inode:inotify`, … */
  readonly link: string;
}

/** The descriptors of one process; what closes while we look is left out, and so is a process that is gone. */
export function descriptorsOf(pid: number | "self"): readonly OpenDescriptor[] {
  const owner = pid === "self" ? process.pid : pid;
  const found: OpenDescriptor[] = [];
  for (const fd of namesIn(`/proc/${pid}/fd`)) {
    const link = linkOf(`/proc/${pid}/fd/${fd}`);
    if (link !== undefined) found.push({ pid: owner, fd: Number(fd), link });
  }
  return found;
}

/** The lines of `/proc/PID/fdinfo/FD`; empty when it is gone. */
export function descriptorInfo(descriptor: OpenDescriptor): readonly string[] {
  try {
    return readFileSync(`/proc/${descriptor.pid}/fdinfo/${descriptor.fd}`, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** `readlink`, or `undefined` when it cannot be read. */
export function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
