import { setTimeout as sleep } from "node:timers/promises";
import { sendSignal, signalTree } from "../proc/signal-tree.ts";
import { descendantsOf, listProcesses, type ProcessStat } from "../proc/stat.ts";

/** What is known about a CRIU that is about to be ended, or has died by itself. */
export interface DyingCriu {
  /** It was started in a session of its own, or no process has this for its session. */
  readonly pid: number;
  /** CRIU's own state, read while it ran: its name and its start time tell what it has made from other processes. */
  readonly stat?: ProcessStat | undefined;
  /** Ids in the images of a restore. */
  readonly corePids?: readonly number[] | undefined;
}

/** Between two looks, and in all, in milliseconds. */
const LookAgainMs = 20;
const GiveUpMs = 2_000;

/**
 * Kills CRIU and what it has forked. In a restore these are the tasks, which would spin or wait for a dead CRIU for ever; in a dump they are helpers, which it uses to
 * find out what the kernel can do. A task that is being dumped is never among them.
 */
export function killCriu(criuPid: number): void {
  signalTree(criuPid, "SIGKILL");
}

/**
 * Pure: which processes are a dead CRIU's leftovers. They are in the session that CRIU had for itself; or their id is one of the images', they are younger than CRIU, and they
 * still carry CRIU's name or descend from one that does. Nothing else may ever be killed: such an id can belong to anybody.
 */
export function leftoversOf(criu: DyingCriu, processes: readonly ProcessStat[]): readonly ProcessStat[] {
  const { stat } = criu;
  const living = processes.filter(({ pid, state }) => state !== "Z" && pid !== criu.pid);
  const found = new Map(living.filter(({ session }) => session === criu.pid).map((process) => [process.pid, process]));
  if (stat === undefined) return [...found.values()];
  const ids = new Set(criu.corePids);
  const younger = living.filter(({ pid, startTime }) => ids.has(pid) && Number(startTime) >= Number(stat.startTime));
  for (const root of younger.filter(({ name }) => name === stat.name)) {
    for (const process of [root, ...descendantsOf(root.pid, younger)]) found.set(process.pid, process);
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
