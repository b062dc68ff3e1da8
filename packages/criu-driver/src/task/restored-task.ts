/** How a task ended. */
export type TaskExit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: NodeJS.Signals };

/** A restored process tree. This process did not spawn it, so it has no `ChildProcess`. */
export interface RestoredTask {
  /** Pid of its root. */
  readonly pid: number;
  /** Pid of the process that started the restore, adopts what it orphans, and ends with the root's status; only with a keeper. */
  readonly keeperPid?: number;
  /**
   * Sends a signal: to the keeper, which passes it on, else to the root. False when the task has ended.
   * @remarks A keeper cannot pass on SIGKILL and SIGSTOP: they go to everything below it.
   */
  kill(signal?: NodeJS.Signals): boolean;
  /**
   * Resolves when the root has ended.
   *
   * @throws CriuError `ERR_CRIU_TASK_LOST` when there is no keeper and somebody else has reaped the root before its status could be read;
   * `ERR_CRIU_ABORTED` when `signal` aborts, which leaves the task alone
   */
  exited(options?: { readonly signal?: AbortSignal | undefined }): Promise<TaskExit>;
}
