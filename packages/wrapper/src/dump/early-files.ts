import { lstatSync, readFileSync } from "node:fs";
import { hasPathPrefix } from "../proc/paths.ts";
import { parseStat } from "../proc/stat.ts";
import { CarriedRoots } from "./carry.ts";

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
  const mounts = [...mountPoints].toSorted((one, other) => other.length - one.length);
  return openPaths.filter((path) => {
    const mount = mounts.find((point) => hasPathPrefix(path, point)) ?? "/";
    if (mount === path || !CarriedRoots.includes(mount)) return false;
    return wasChangedSince(path, birthMs);
  });
}

/** False for what cannot be looked at: root without its capabilities may not look into a folder of another user's. */
function wasChangedSince(path: string, birthMs: number): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isFile() && stat.ctimeMs >= birthMs;
  } catch {
    return false;
  }
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
