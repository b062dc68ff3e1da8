import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { WrapperError } from "../error.ts";
import { FirstPidOfNextRound, pidGap } from "./pid-gap.ts";

/**
 * Makes room for a tree of processes: the next ones get pids that none of `taken` has, and that no later container's crik will have.
 * @throws {@link WrapperError} `ERR_WRAPPER_PIDS`
 */
export async function raisePidCursor(init: string, taken: readonly number[] = []): Promise<void> {
  const { next, max } = pidCursor();
  const gap = pidGap(taken, next, max);
  if (gap === undefined) {
    throw new WrapperError(
      "ERR_WRAPPER_PIDS",
      `the checkpoint's ${taken.length} pids leave no room among the ${max} of this container for what restores them`,
    );
  }
  if (gap !== next) await movePidCursor(init, gap > next ? "--at-least" : "--exactly", gap);
}

/**
 * Moves the pid cursor of this container so that the next process gets `pid`, or at least that.
 *
 * crik-init writes `ns_last_pid` where it can, and otherwise starts and ends processes until the cursor is there; it does not go all the way round so.
 * @throws {@link WrapperError} `ERR_WRAPPER_PIDS`
 */
function movePidCursor(init: string, how: "--at-least" | "--exactly", pid: number): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(init, ["pids", how, String(pid)], (error, _stdout, stderr) => {
      if (error === null) resolve();
      else {
        const why = stderr.trim() === "" ? error.message : stderr.trim();
        reject(
          new WrapperError("ERR_WRAPPER_PIDS", `the pids from ${pid} on cannot be reached: ${why}`, { cause: error }),
        );
      }
    });
  });
}

/** Where the cursor stands (the pid that comes next, if it is free), and the end of all pids. */
function pidCursor(): { readonly next: number; readonly max: number } {
  const read = (name: string): number => Number.parseInt(readFileSync(`/proc/sys/kernel/${name}`, "utf8"), 10);
  const [next, max] = [read("ns_last_pid") + 1, read("pid_max")];
  return { next: next < max ? next : FirstPidOfNextRound, max };
}
