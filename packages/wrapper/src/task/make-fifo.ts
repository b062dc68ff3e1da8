import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Makes a FIFO by crik-init: an image need not have `mkfifo`, and the runtime has no call for it. */
export function fifoMaker(init: string): (path: string, mode: number) => Promise<void> {
  return async (path, mode) => {
    await promisify(execFile)(init, ["mkfifo", mode.toString(8), path]);
  };
}
