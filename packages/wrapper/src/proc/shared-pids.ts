import { readFileSync, readlinkSync } from "node:fs";
import { placeOf } from "./stat.ts";

/** The pid namespace that a machine boots with (`PROC_PID_INIT_INO` in linux/proc_ns.h). */
const InitialPidNamespace = "pid:[4026531836]";

/**
 * The name of process 1, where the pid namespace is not this container's alone: the machine's own (`hostPID`), or one whose first process is nobody this
 * process descends from (`shareProcessNamespace`, where it is the pod's `pause`). `undefined` where it is the container's.
 */
export function othersFirstProcess(): string | undefined {
  try {
    if (readlinkSync("/proc/self/ns/pid") !== InitialPidNamespace && descendsFromFirst()) return undefined;
    return readFileSync("/proc/1/comm", "utf8").trim();
  } catch {
    // A /proc that hides processes: nobody can tell.
    return undefined;
  }
}

/** A parent outside of the namespace reads as 0. */
function descendsFromFirst(): boolean {
  let pid: number | undefined = process.pid;
  while (pid !== undefined && pid > 1) pid = placeOf(pid)?.parent;
  return pid === 1;
}
