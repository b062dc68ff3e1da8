import { lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** By how much the time of a file system may be behind, in nanoseconds: it goes on with the kernel's ticks. */
const TickNs = 20_000_000n;

/**
 * Removes the sockets that CRIU has bound by name in a folder since a moment, and has left when it gave up: an application that is started afresh would find
 * its address in use. One that a process has bound stays, whoever that is.
 *
 * @param sinceMs - milliseconds since 1970
 * @returns how many
 */
export function removeDeadSockets(folder: string, sinceMs: number): number {
  const sinceNs = BigInt(sinceMs) * 1_000_000n - TickNs;
  const dead = readdirSync(folder, { withFileTypes: true }).filter((entry) => {
    const path = join(folder, entry.name);
    const stat = entry.isSocket() ? lstatSync(path, { bigint: true, throwIfNoEntry: false }) : undefined;
    return stat?.isSocket() === true && stat.ctimeNs >= sinceNs && !isBound(entry.name);
  });
  for (const { name } of dead) rmSync(join(folder, name), { force: true });
  return dead.length;
}

/** In this network namespace, which the containers of a pod share. By its last name only: they may know the folder by other paths. */
function isBound(name: string): boolean {
  try {
    return readFileSync("/proc/net/unix", "utf8").includes(`${name}\n`);
  } catch {
    // Not known to be dead.
    return true;
  }
}
