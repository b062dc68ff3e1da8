import { descendantsOf, listProcesses, type ProcessStat } from "./stat.ts";

/** A tree whose processes fork faster than they are found is given up after so many looks. */
const MostLooks = 10;

/**
 * Sends a signal to a process and all below it, the root last: it is the children's parent that tells whose they are.
 *
 * @returns the processes below it that were reached
 */
export function signalTree(rootPid: number, signal: NodeJS.Signals): readonly ProcessStat[] {
  const reached = signalBelow(rootPid, signal);
  sendSignal(rootPid, signal);
  return reached;
}

/** Sends a signal to all processes below one. What is forked between two looks is found by the next. */
export function signalBelow(rootPid: number, signal: NodeJS.Signals): readonly ProcessStat[] {
  const reached = new Map<number, ProcessStat>();
  for (let look = 0; look < MostLooks; look++) {
    const found = descendantsOf(rootPid, listProcesses()).filter(
      ({ pid, state }) => state !== "Z" && !reached.has(pid),
    );
    if (found.length === 0) break;
    for (const process of found) {
      reached.set(process.pid, process);
      sendSignal(process.pid, signal);
    }
  }
  return [...reached.values()];
}

/** Sends a signal; false when there is no such process. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
