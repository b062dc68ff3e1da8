import { signalBelow } from "../proc/signal-tree.ts";
import type { ProgramEnd, RunningProgram } from "../run.ts";
import { aborted } from "./aborted.ts";
import type { RestoredTask, TaskExit } from "./restored-task.ts";

/** Signals that no process can catch, and so none can pass on. */
const Uncatchable: ReadonlySet<NodeJS.Signals> = new Set<NodeJS.Signals>(["SIGKILL", "SIGSTOP"]);

/** A restored task under a keeper, whose end is the task's end. */
export function keptTask(pid: number, keeper: RunningProgram & { readonly pid: number }): RestoredTask {
  let over = false;
  const exit = keeper.ended.then((end) => {
    over = true;
    return exitOfProgram(end);
  });
  return {
    pid,
    keeperPid: keeper.pid,
    kill: (signal = "SIGTERM") => {
      if (over) return false;
      return Uncatchable.has(signal) ? signalBelow(keeper.pid, signal).length > 0 : keeper.kill(signal);
    },
    exited: ({ signal } = {}) => aborted(exit, signal, `waiting for task ${pid}`),
  };
}

function exitOfProgram(end: ProgramEnd): TaskExit {
  return end.signal === undefined
    ? { kind: "exited", code: end.exitCode ?? -1 }
    : { kind: "signaled", signal: end.signal };
}
