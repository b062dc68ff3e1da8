import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { WrapperError } from "../error.ts";
import { pidGap } from "./pid-gap.ts";

/**
 * Makes room for a tree of processes: the next ones get pids that none of `taken` has, and that no later container's crik will have.
 * @throws {@link WrapperError} `ERR_WRAPPER_PIDS`
 */
export async function raisePidCursor(init: string, taken: readonly number[] = []): Promise<void> {
  const { next, max } = pidCursor();
  const gap = pidGap(taken, next, max);
  if (gap > next) await movePidCursor(init, gap);
}

/**
 * Moves the pid cursor of this container so that the next process gets `pid` or a higher one.
 *
 * crik-init writes `ns_last_pid` where it can, and otherwise starts and ends processes until the cursor is there.
 * @throws {@link WrapperError} `ERR_WRAPPER_PIDS`
 */
function movePidCursor(init: string, pid: number): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(init, ["pids", "--at-least", String(pid)], (error, _stdout, stderr) => {
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
  return { next: read("ns_last_pid") + 1, max: read("pid_max") };
}
