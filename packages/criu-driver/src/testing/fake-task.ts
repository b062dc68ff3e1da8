import { aborted } from "../task/aborted.ts";
import type { RestoredTask, TaskExit } from "../task/restored-task.ts";

/** A restored task that exists in a test only. */
export interface FakeTask extends RestoredTask {
  /** Signals that it was sent, in their order. It does not end by them. */
  readonly signals: readonly NodeJS.Signals[];
  /** Ends it: `exited` resolves, `kill` is false from now on. The first call counts. */
  end(exit: TaskExit): void;
}

/** Makes a task that runs until it is told to end. */
export function createFakeTask(pid: number, keeperPid?: number): FakeTask {
  const signals: NodeJS.Signals[] = [];
  const exit = Promise.withResolvers<TaskExit>();
  let over = false;
  return {
    pid,
    ...(keeperPid === undefined ? {} : { keeperPid }),
    signals,
    end: (how) => {
      over = true;
      exit.resolve(how);
    },
    kill: (signal = "SIGTERM") => {
      if (over) return false;
      signals.push(signal);
      return true;
    },
    exited: ({ signal } = {}) => aborted(exit.promise, signal, `waiting for task ${pid}`),
  };
}
