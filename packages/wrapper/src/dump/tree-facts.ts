import { readFileSync } from "node:fs";
import { descriptorInfo, descriptorsOf, linkOf, type OpenDescriptor } from "../proc/descriptors.ts";
import { type ProcessStatus, readStatus } from "../proc/status.ts";
import { treeOf } from "../proc/tree.ts";

/** What the living tree has that CRIU must be told about, or that a restore needs. */
export interface TreeFacts {
  readonly pids: readonly number[];
  readonly uids: readonly number[];
  /** Permitted capabilities of all of them together. */
  readonly capabilities: bigint;
  /** Inode numbers that the tree watches by inotify or fanotify. */
  readonly watchedInodes: readonly bigint[];
  /** True when a process maps System V shared memory. */
  readonly systemVIpc: boolean;
  /** Open files under /sys/fs/cgroup: their paths change with the pod. */
  readonly cgroupFiles: readonly string[];
  /** Regular paths that the tree has open, mapped, or as a directory it stands in. */
  readonly openPaths: readonly string[];
  /** Processes that have an io_uring, which CRIU cannot dump: `name (pid)`. */
  readonly ioUringUsers: readonly string[];
}

/** Looks at every process of the tree, from outside and without stopping it: some milliseconds. */
export function treeFacts(root: number): TreeFacts {
  const pids = treeOf(root);
  const descriptors = pids.flatMap((pid) => descriptorsOf(pid));
  const mapped = pids.flatMap((pid) => mappedPaths(pid));
  const statuses = pids.flatMap(statusOf);
  const links = descriptors.map((descriptor) => descriptor.link);
  return {
    pids,
    uids: unique(statuses.map(({ uid }) => uid)),
    capabilities: statuses.reduce((all, { capPrm }) => all | capPrm, 0n),
    watchedInodes: unique(descriptors.flatMap(inodesWatchedBy)),
    systemVIpc: mapped.some((path) => path.startsWith("/SYSV")),
    cgroupFiles: unique(links.filter((link) => link.startsWith("/sys/fs/cgroup/"))),
    openPaths: unique([...links, ...mapped, ...pids.map((pid) => linkOf(`/proc/${pid}/cwd`) ?? "")]).filter(
      isCarriable,
    ),
    ioUringUsers: unique(descriptors.filter(isIoUring).map(({ pid }) => `${nameOf(pid)} (${pid})`)),
  };
}

/** Pure: the inode numbers in the fdinfo lines of an inotify or fanotify descriptor (`inotify wd:1 ino:9e7e sdev:…`, hexadecimal). */
export function watchedInodes(lines: readonly string[]): readonly bigint[] {
  return lines.flatMap((line) => {
    const inode = /^(?:inotify|fanotify) .*\bino:([0-9a-f]+)/.exec(line)?.[1];
    return inode === undefined ? [] : [BigInt(`0x${inode}`)];
  });
}

function inodesWatchedBy(descriptor: OpenDescriptor): readonly bigint[] {
  return /^anon_inode:(inotify|\[fanotify\])$/.test(descriptor.link) ? watchedInodes(descriptorInfo(descriptor)) : [];
}

function isIoUring({ link }: OpenDescriptor): boolean {
  return link === "anon_inode:[io_uring]";
}

function isCarriable(path: string): boolean {
  return (
    path.startsWith("/") &&
    !path.endsWith(" (deleted)") &&
    !/^\/(proc|sys|dev\/(?!shm\/)|SYSV)/.test(path) &&
    path !== "/"
  );
}

function mappedPaths(pid: number): readonly string[] {
  try {
    const lines = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n");
    return unique(lines.flatMap((line) => /^(?:\S+\s+){5}(\/.*)$/.exec(line)?.[1] ?? []));
  } catch {
    return [];
  }
}

function statusOf(pid: number): readonly ProcessStatus[] {
  try {
    return [readStatus(pid)];
  } catch {
    return [];
  }
}

function nameOf(pid: number): string {
  try {
    return readStatus(pid).name;
  } catch {
    return "?";
  }
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
