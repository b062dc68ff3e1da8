import type { TaskExit } from "@crik/criu-driver";

export type { TaskExit } from "@crik/criu-driver";

/** A signal that can be caught, by its name. SIGKILL and SIGSTOP never reach the machine. */
export type SignalName = NodeJS.Signals;

/** How it ended. Data for the caller, who makes an exit status of it. */
export type WrapperOutcome =
  | { readonly kind: "task-exited"; readonly exit: TaskExit }
  | { readonly kind: "checkpointed"; readonly number: number }
  /** Nothing of the task has run; a checkpoint that was claimed is left for the next container. */
  | { readonly kind: "stopped-before-start"; readonly signal: SignalName }
  /**
   * The checkpoint could not be restored in this container, which is not its fault. Nothing of the task has run; it is left complete for the next container,
   * which tries it again. `attempt`: the first is 1. `of`: after so many it is given up; `undefined`: never, as `ifRestoreFails: "fail"` has it.
   */
  | {
      readonly kind: "restore-postponed";
      readonly number: number;
      readonly attempt: number;
      readonly of: number | undefined;
      readonly error: Error;
    }
  /** The command could not be executed: 127 not found, 126 not executable, 125 crik's own failure. */
  | { readonly kind: "task-failed"; readonly exitCode: 125 | 126 | 127; readonly error: Error }
  | { readonly kind: "failed"; readonly because: FailureReason; readonly error: Error | undefined };

type FailureReason =
  /** A bug, or something crik cannot work without. */
  | "fault"
  /** The directory could not be searched, or the policy of what was found is to fail. */
  | "search-failed"
  /** Another container has the checkpoint and the policy forbids a fresh start. */
  | "checkpoint-held"
  /** No checkpoint could be restored and the policy forbids a fresh start. */
  | "restore-failed"
  /** No checkpoint could be restored, and files of it are left in this container: nothing may be started in it. The next container is without them. */
  | "files-left"
  /** The restore failed after the task may have run: the checkpoint is consumed and must not be used again. */
  | "restore-lost"
  /** CRIU reported success though its hook never allowed it to end the task. */
  | "dump-without-commit"
  /** The task is gone and how it ended was not to be learned. */
  | "task-lost";
