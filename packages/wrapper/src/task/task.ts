import type { TaskExit } from "@crik/criu-driver";

/** The running process tree, fresh or restored: what the wrapper can do to it. */
export interface Task {
  /** Root of the tree that a dump takes: the init, or after a restore the restored init. */
  readonly pid: number;
  /** The process that crik started itself and that ends with the root's status: the init, or the keeper of a restore. */
  readonly supervisor: number;
  /** Pid of the application's first process, when it is known (a fresh start). */
  readonly commandPid?: number;
  /** Sends a signal on its way to the application. */
  signal(signal: NodeJS.Signals): void;
  /** Ends the whole tree at once. */
  kill(): void;
  /** Resolves once, when the tree's root has ended. */
  readonly exited: Promise<TaskExit>;
}
