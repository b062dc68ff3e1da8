import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { cacheDirectory } from "../e2e/harness/cache.ts";

/** One line about the machine: figures mean nothing without it. Nothing in it names the machine. */
export async function describeMachine(): Promise<string> {
  const model = cpus()[0]?.model.replace(/\s+/g, " ").trim() ?? "unknown processor";
  const gigabytes = Math.round(totalmem() / 1e9);
  return `Linux ${release().replace(/-.*$/, "")}, ${availableParallelism()} cores (${model}), ${gigabytes} GB of memory, images on ${await fileSystem()}`;
}

/** `statfs(2)` tells a number only. */
async function fileSystem(): Promise<string> {
  const { type } = await statfs(cacheDirectory);
  return knownFileSystems.get(type) ?? `file system 0x${type.toString(16)}`;
}

const knownFileSystems: ReadonlyMap<number, string> = new Map([
  [0xef53, "ext4"],
  [0x58465342, "xfs"],
  [0x9123683e, "btrfs"],
  [0x794c7630, "overlay"],
  [0x01021994, "tmpfs"],
]);
