import { setTimeout as sleep } from "node:timers/promises";
import type { HookDecision } from "../hook/decision.ts";
import { sendSignal, signalTree } from "../proc/signal-tree.ts";
import { type ProcessStat, readProcessStat } from "../proc/stat.ts";
import type { ProgramEnd } from "../run.ts";

/** Looks after a tree that stands frozen by CRIU while somebody decides on it. */
export interface FrozenTree {
  /** CRIU has ended, and with it what kept the tree from running. */
  criuEnded(end: ProgramEnd): void;
  /** The decision is final. Resolves when the tree is gone or goes on. */
  settle(): Promise<void>;
}

/** Between two looks at a tree that was killed, and in all, in milliseconds. */
const LookAgainMs = 2;
const GiveUpMs = 1_000;

/**
 * A CRIU that dies while the callback works, or after it, lets the tree go: the state would then be in the tree and in what the callback has committed. So the tree
 * is stopped at once, by SIGSTOP, until the callback has settled; then it ends, as it would have by CRIU, or it goes on. It has run for about a millisecond.
 */
export function watchFrozenTree(rootPid: number, hook: HookDecision): FrozenTree {
  const root = readProcessStat(rootPid);
  const isThere = (): boolean => {
    const now = readProcessStat(rootPid);
    return now !== undefined && now.startTime === root?.startTime && now.state !== "Z" && now.state !== "X";
  };
  let stopped: readonly ProcessStat[] | undefined;
  const end = (): void => {
    if (isThere()) signalTree(rootPid, "SIGKILL");
  };
  return {
    criuEnded: ({ exitCode }) => {
      if (exitCode === 0) return;
      if (hook.pending && isThere()) stopped = signalTree(rootPid, "SIGSTOP").filter(({ state }) => state !== "T");
      else if (hook.allowed) end();
    },
    settle: async () => {
      if (hook.allowed) {
        end();
        for (let waited = 0; waited < GiveUpMs && isThere(); waited += LookAgainMs) await sleep(LookAgainMs);
      } else if (stopped !== undefined) {
        for (const { pid } of stopped) sendSignal(pid, "SIGCONT");
        if (isThere()) sendSignal(rootPid, "SIGCONT");
      }
    },
  };
}
