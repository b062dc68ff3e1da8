import { existsSync, readFileSync } from "node:fs";

/**
 * For how long this machine has been up, in milliseconds, by the clock that this process has. By /proc/uptime, which means the same in every JavaScript runtime;
 * on a machine that was never suspended it is CLOCK_MONOTONIC.
 */
export function uptimeMs(): number {
  return Math.floor(Number.parseFloat(readFileSync("/proc/uptime", "utf8")) * 1000);
}

/** The same by the clock of another process, which may be in a time namespace of its own. @throws when the process is gone */
export function uptimeMsOf(pid: number): number {
  // Linux before 5.6 has none.
  if (!existsSync("/proc/self/timens_offsets")) return uptimeMs();
  return uptimeMs() + clockOffsetMs(pid) - clockOffsetMs("self");
}

/** Pure: the offset of the monotonic clock in a `/proc/PID/timens_offsets` (`monotonic  86400  0`: seconds of any sign, and nanoseconds). */
export function parseClockOffset(text: string): number {
  const [, seconds = "0", nanoseconds = "0"] = /^monotonic\s+(-?\d+)\s+(\d+)$/m.exec(text) ?? [];
  return Number(seconds) * 1000 + Math.round(Number(nanoseconds) / 1e6);
}

function clockOffsetMs(pid: number | "self"): number {
  return parseClockOffset(readFileSync(`/proc/${pid}/timens_offsets`, "utf8"));
}
