import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, statfsSync, statSync } from "node:fs";
import type { Criu } from "@crik/criu-driver";
import { asError } from "../error.ts";
import { memoryRoom } from "../proc/memory-room.ts";
import { othersFirstProcess } from "../proc/shared-pids.ts";
import { readStatus } from "../proc/status.ts";
import type { PreflightFacts } from "./judge.ts";

/** From `linux/magic.h`. */
const OverlayFileSystem = 0x79_4c_76_30;

/**
 * Reads what {@link judge} needs from `/proc` and the file systems, and asks CRIU for its version.
 *
 * @param imageDirectory - where checkpoints are to be kept; without it nothing is said about it
 */
export async function preflightFacts(criu: Pick<Criu, "version">, imageDirectory?: string): Promise<PreflightFacts> {
  const facts = {
    status: readStatus("self"),
    uidMap: readFileSync("/proc/self/uid_map", "utf8"),
    temporaryFolder: haveTemporaryFolder(),
    timeNamespaces: existsSync("/proc/self/timens_offsets") && numberIn("/proc/sys/user/max_time_namespaces", 1) > 0,
    ptraceScope: numberIn("/proc/sys/kernel/yama/ptrace_scope"),
    imageDirectoryInLayer: imageDirectory !== undefined && isInLayer(imageDirectory) ? imageDirectory : undefined,
    memoryRoom: memoryRoom(),
    othersFirstProcess: othersFirstProcess(),
  };
  try {
    return { ...facts, criuVersion: await criu.version() };
  } catch (error) {
    return { ...facts, criuVersion: undefined, criuProblem: asError(error).message };
  }
}

function numberIn(path: string, otherwise = 0): number {
  try {
    return Number.parseInt(readFileSync(path, "utf8"), 10);
  } catch {
    return otherwise;
  }
}

/** CRIU needs a /tmp (`Fail to make dir /tmp/.criu.move_mount_set_group`), which an image made from scratch lacks: then it is made, as every image has it. */
function haveTemporaryFolder(): boolean {
  try {
    if (mkdirSync("/tmp", { recursive: true }) !== undefined) chmodSync("/tmp", 0o1777);
    accessSync("/tmp", constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** True on the overlay that is the container's root: what container runtimes but for a few use for it. Of others nobody can tell. */
function isInLayer(path: string): boolean {
  try {
    return statfsSync("/").type === OverlayFileSystem && statSync(path).dev === statSync("/").dev;
  } catch {
    return false;
  }
}
