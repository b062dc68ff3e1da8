import { setTimeout as sleep } from "node:timers/promises";
import { descendantsOf, listProcesses, type ProcessStat } from "../proc/stat.ts";
import { sendSignal } from "../task/kept-task.ts";

/** What is known about a CRIU that is about to be ended, or has died by itself. */
export interface DyingCriu {
  readonly pid: number;
  /** CRIU's own state, read while it ran: its name and its start time tell what it has made from other processes. */
  readonly stat: ProcessStat | undefined;
  /** Ids in the images. */
  readonly corePids: readonly number[];
}

/** Between two looks, and in all, in milliseconds. */
const LookAgainMs = 20;
const GiveUpMs = 2_000;

/**
 * Kills a restore without a keeper: first what CRIU has forked, as long as it is its parent that tells so, then CRIU. A restored process
 * that is not done yet spins or waits for a CRIU that is dead, for ever.
 *
 * @returns the processes that were killed
 */
export function killRestore(criu: DyingCriu): readonly ProcessStat[] {
  const killed = new Map<number, ProcessStat>();
  // A process forked between two looks is found by the next; CRIU itself goes last, so that its children can be told by their parent.
  for (let round = 0; round < 10; round++) {
    const found = descendantsOf(criu.pid, listProcesses()).filter(
      ({ pid, state }) => state !== "Z" && !killed.has(pid),
    );
    if (found.length === 0) break;
    for (const stat of found) {
      killed.set(stat.pid, stat);
      sendSignal(stat.pid, "SIGKILL");
    }
  }
  sendSignal(criu.pid, "SIGKILL");
  return [...killed.values()];
}

/**
 * Pure: which processes are a dead CRIU's leftovers: their id is one of the images', they are younger than CRIU, and they still carry CRIU's
 * name or descend from one that does. Nothing else may ever be killed: such an id can belong to anybody.
 */
export function leftoversOf(criu: DyingCriu, processes: readonly ProcessStat[]): readonly ProcessStat[] {
  const { stat } = criu;
  if (stat === undefined) return [];
  const ids = new Set(criu.corePids);
  const younger = processes.filter(
    ({ pid, state, startTime }) =>
      ids.has(pid) && state !== "Z" && pid !== criu.pid && Number(startTime) >= Number(stat.startTime),
  );
  const found = new Map(younger.filter(({ name }) => name === stat.name).map((process) => [process.pid, process]));
  for (const root of [...found.keys()]) {
    for (const child of descendantsOf(root, younger)) found.set(child.pid, child);
  }
  return [...found.values()];
}

/**
 * Ends what a dead CRIU has left behind.
 *
 * @returns true when nothing is left
 */
export async function endLeftovers(criu: DyingCriu): Promise<boolean> {
  for (let waited = 0; waited <= GiveUpMs; waited += LookAgainMs) {
    const left = leftoversOf(criu, listProcesses());
    if (left.length === 0) return true;
    for (const { pid } of left) sendSignal(pid, "SIGKILL");
    await sleep(LookAgainMs);
  }
  return false;
}
