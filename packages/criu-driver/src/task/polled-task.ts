import { setTimeout as sleep } from "node:timers/promises";
import { CriuError } from "../error.ts";
import { sendSignal } from "../proc/signal-tree.ts";
import { readProcessStat } from "../proc/stat.ts";
import { aborted } from "./aborted.ts";
import { exitOfWaitStatus } from "./exit-status.ts";
import type { RestoredTask, TaskExit } from "./restored-task.ts";

/** How often `/proc` is looked at, in milliseconds. */
const PollMs = 50;

/**
 * A restored task without a keeper. After `criu restore --restore-detached` its parent is the nearest subreaper or pid 1. If that is this process, it
 * stays a zombie (Node.js reaps only what it spawned), and field 52 of `/proc/PID/stat` is its wait status. Another reaper may be faster than the next look.
 */
export function polledTask(pid: number): RestoredTask {
  const first = readProcessStat(pid);
  const here = (): ReturnType<typeof readProcessStat> => {
    const stat = readProcessStat(pid);
    return stat !== undefined && stat.startTime === first?.startTime ? stat : undefined;
  };
  let waiting: Promise<TaskExit> | undefined;
  async function wait(): Promise<TaskExit> {
    for (let stat = here(); ; stat = here()) {
      if (stat === undefined) {
        throw new CriuError(
          "ERR_CRIU_TASK_LOST",
          `task ${pid} has ended, and another process has taken its exit status`,
          {
            hint: "restore under a keeper, or without a reaper as the parent",
          },
        );
      }
      if (stat.state === "Z") return exitOfWaitStatus(stat.waitStatus);
      await sleep(PollMs);
    }
  }
  return {
    pid,
    kill: (signal = "SIGTERM") => {
      const stat = here();
      return stat !== undefined && stat.state !== "Z" && sendSignal(pid, signal);
    },
    exited: ({ signal } = {}) => {
      waiting ??= wait();
      return aborted(waiting, signal, `waiting for task ${pid}`);
    },
  };
}
