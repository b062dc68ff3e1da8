import { setTimeout as sleep } from "node:timers/promises";
import { sendSignal, signalTree } from "../proc/signal-tree.ts";
import { descendantsOf, listProcesses, type ProcessStat, readProcessStat } from "../proc/stat.ts";

/** A tree that stands frozen by CRIU while somebody decides on it, and that must not go on by itself should CRIU die meanwhile. */
export interface FrozenTree {
  /** Somebody decides from now on. */
  hold(): void;
  /** It was decided that the tree goes on. */
  letGo(): void;
  /** It was decided that CRIU ends the tree, and CRIU has failed: ends it in CRIU's place. Resolves when it is gone, or cannot be ended. */
  end(): Promise<void>;
}

/** Between two looks at a tree that was killed, and in all, in milliseconds. */
const LookAgainMs = 2;
const GiveUpMs = 1_000;

/**
 * Holds a tree by a SIGSTOP that is pending in it while CRIU traces it. Should CRIU die, its tracer is gone, and the stop takes effect before the next instruction:
 * without it the tree would do for some milliseconds what it does again after the restore. It is in no image, since these are written by then, and does
 * not matter to the SIGKILL that normally follows. To be made before CRIU is started, when a process that is stopped already still shows it.
 */
export function frozenTree(rootPid: number): FrozenTree {
  const root = readProcessStat(rootPid);
  const stoppedBefore = new Set(
    [...(root === undefined ? [] : [root]), ...descendantsOf(rootPid, listProcesses())]
      .filter(({ state }) => state === "T")
      .map(({ pid }) => pid),
  );
  const isThere = (): boolean => {
    const now = readProcessStat(rootPid);
    return now !== undefined && now.startTime === root?.startTime && now.state !== "Z" && now.state !== "X";
  };
  let below: readonly ProcessStat[] = [];
  return {
    hold: () => {
      if (isThere()) below = signalTree(rootPid, "SIGSTOP");
    },
    letGo: () => {
      for (const pid of [...below.map((process) => process.pid), ...(isThere() ? [rootPid] : [])]) {
        if (!stoppedBefore.has(pid)) sendSignal(pid, "SIGCONT");
      }
    },
    end: async () => {
      if (isThere()) signalTree(rootPid, "SIGKILL");
      for (let waited = 0; waited < GiveUpMs && isThere(); waited += LookAgainMs) await sleep(LookAgainMs);
    },
  };
}
