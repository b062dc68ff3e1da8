import type { TaskExit } from "@crik/criu-driver";
import { treeOf } from "../proc/tree.ts";

/** What is known of a task that runs. */
export interface TaskIdentity {
  /** Root of the tree that a dump takes: the init, or after a restore the restored init. */
  readonly pid: number;
  /** The process that crik started itself and that ends with the root's status: the init, or the keeper of a restore. */
  readonly supervisor: number;
  /** Resolves once, when the tree's root has ended. */
  readonly exited: Promise<TaskExit>;
}

/** The running process tree, fresh or restored: what the wrapper can do to it. */
export interface Task extends TaskIdentity {
  /** Sends a signal on its way to the application. */
  signal(signal: NodeJS.Signals): void;
  /** Ends the whole tree at once. */
  kill(): void;
}

/** A task that is never signalled after its end was told: its pid may belong to somebody else by then. */
export function createTask(identity: TaskIdentity): Task {
  const { supervisor, exited } = identity;
  let ended = false;
  const end = (): void => {
    ended = true;
  };
  exited.then(end, end);
  return {
    ...identity,
    signal: (signal) => {
      if (!ended) sendSignal(supervisor, signal);
    },
    kill: () => {
      // The supervisor last: its end is what is reported, and then nothing of the tree is left.
      for (const pid of ended ? [] : [...treeOf(supervisor)].reverse()) sendSignal(pid, "SIGKILL");
    },
  };
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended meanwhile, and its exit is on the way.
  }
}
