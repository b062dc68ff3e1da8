import { readFileSync } from "node:fs";
import { parseStat } from "../proc/stat.ts";
import { changedOpenFiles } from "./changed-open-files.ts";

/** Ticks a second in /proc, the same on every architecture that Linux runs on here. */
const TicksPerSecond = 100;
/** The clocks of /proc and of files are not one. */
const SlackMs = 50;

/**
 * Open files that are older than crik and younger than the container: an entry script made them and then became crik. CRIU needs them at the restore, and the next
 * container may not have them, or with another size. What they hold is the application's by now.
 *
 * @param mountPoints - of this container; what lies on a volume is not the container's
 * @param birthMs - when the container was born, in milliseconds since 1970; `undefined`: not known, and nothing is found
 */
export function earlyOpenFiles(
  openPaths: readonly string[],
  mountPoints: Iterable<string>,
  birthMs: number | undefined,
): readonly string[] {
  if (birthMs === undefined) return [];
  const sinceNs = BigInt(Math.floor(birthMs)) * 1_000_000n;
  return changedOpenFiles(openPaths, mountPoints, sinceNs).flatMap(({ path, isFile }) => (isFile ? [path] : []));
}

/**
 * When this container was born: the start of its first process, which an exec does not change.
 *
 * @returns milliseconds since 1970; `undefined` when crik was not started by the first process, so that this may be another container's
 */
export function containerBirthMs(): number | undefined {
  if (process.ppid !== 1) return undefined;
  const { startTicks } = parseStat(readFileSync("/proc/1/stat", "utf8"));
  const uptime = Number.parseFloat(readFileSync("/proc/uptime", "utf8"));
  return Date.now() - (uptime - startTicks / TicksPerSecond) * 1000 - SlackMs;
}
