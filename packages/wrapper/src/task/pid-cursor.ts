import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { WrapperError } from "../error.ts";

/**
 * Moves the pid cursor of this container so that the next process gets `pid` or a higher one.
 *
 * crik-init writes `ns_last_pid` where it can, and otherwise starts and ends processes until the cursor is there.
 * @throws {@link WrapperError} `ERR_WRAPPER_PIDS`
 */
export function movePidCursor(init: string, pid: number): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(init, ["pids", "--at-least", String(pid)], (error, _stdout, stderr) => {
      if (error === null) resolve();
      else {
        const why = stderr.trim() === "" ? error.message : stderr.trim();
        reject(new WrapperError("ERR_WRAPPER_PIDS", `the pids from ${pid} on cannot be reached: ${why}`, { cause: error }));
      }
    });
  });
}

/** Where the cursor stands (the pid that comes next, if it is free), and the end of all pids. */
export function pidCursor(): { readonly next: number; readonly max: number } {
  const read = (name: string): number => Number.parseInt(readFileSync(`/proc/sys/kernel/${name}`, "utf8"), 10);
  return { next: read("ns_last_pid") + 1, max: read("pid_max") };
}
