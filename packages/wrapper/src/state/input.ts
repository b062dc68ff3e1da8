import type { SignalName, TaskExit } from "./outcome.ts";

/** `unknown`: the server answered and does not know the node. `unavailable`: no answer could be had. */
export type NodeStateAnswer = "ready" | "shutting-down" | "unknown" | "unavailable";

/**
 * Why a restore failed.
 * - `refused`: the hook was told no, or the restore was cancelled. Nothing is wrong with the checkpoint.
 * - `claim-lost`: another container took it over before it was consumed; it is no longer ours to rename.
 * - `environment`: the container's fault or the volume's: no space, no memory, too slow, a pid that is taken, CRIU cannot run. Says nothing about the checkpoint.
 * - `put-back`: carried files could not be written to their places.
 */
export type RestoreFailure = "refused" | "claim-lost" | "criu" | "digest" | "put-back" | "environment";

/** Everything that can happen. `at` is monotonic milliseconds: the machine has no clock of its own. */
export type WrapperInput = { readonly at: number } & WrapperEvent;

/** An input without its time: what the shell tells the machine. */
export type WrapperEvent =
  /** The search found one, and it is claimed for this container. `attempts`: how many have claimed it in vain before. */
  | { readonly type: "checkpoint-found"; readonly number: number; readonly from: string; readonly attempts: number }
  /** The newest was claimed and could not be read, for the container's sake or the volume's. It is released already, and counted: `attempts` has this one in it. */
  | {
      readonly type: "checkpoint-unreadable";
      readonly number: number;
      readonly attempts: number;
      readonly error: Error;
    }
  /** Another container holds the newest; waiting for it (within the search) was in vain. */
  | { readonly type: "checkpoint-held"; readonly by: string }
  | { readonly type: "no-checkpoint"; readonly because: string }
  /** The directory cannot be searched, so that nobody knows what is in it; or the policy of what was found is to fail. */
  | { readonly type: "search-failed"; readonly error: Error }
  | { readonly type: "task-started"; readonly pid: number }
  | { readonly type: "start-failed"; readonly exitCode: 125 | 126 | 127; readonly error: Error }
  /** CRIU's post-restore hook waits for an answer: the tree exists, nothing of it has run. */
  | { readonly type: "before-resume"; readonly pid: number }
  /** `pid`: root of the restored task. */
  | { readonly type: "restore-succeeded"; readonly pid: number }
  /**
   * Sent when nothing of the restored tree is left. `consumed`: the checkpoint had been renamed to consumed. `resumed`: CRIU's
   * pre-resume hook was seen, so the task may have run.
   */
  | {
      readonly type: "restore-failed";
      readonly cause: RestoreFailure;
      readonly consumed: boolean;
      readonly resumed: boolean;
      readonly error: Error;
    }
  /** This container is as it was before the restore. */
  | { readonly type: "files-taken-back" }
  /** Files of the checkpoint, or a part of them, are still there. */
  | { readonly type: "take-back-failed"; readonly error: Error }
  | { readonly type: "signal"; readonly signal: SignalName }
  /** An answer, or news of a watch. `reason`: why, for the log. */
  | { readonly type: "node-state"; readonly state: NodeStateAnswer; readonly reason?: string | undefined }
  /** CRIU's post-dump hook waits for an answer: images are written, the tree stands frozen. */
  | { readonly type: "frozen" }
  /** The checkpoint is complete on disk under its final name; the hook is (about to be) allowed. */
  | { readonly type: "committed"; readonly number: number }
  /** The commit failed or was cancelled, nothing is on disk under a final name; the shell has refused the hook itself. */
  | { readonly type: "commit-failed"; readonly error: Error }
  | { readonly type: "dump-succeeded" }
  /** Sent after a running commit has settled. `committed`: the generation that is on disk although CRIU failed. */
  | {
      readonly type: "dump-failed";
      readonly committed: number | undefined;
      readonly task: "running" | "gone" | "unknown";
      readonly error: Error;
    }
  /** The root of the task ended: one that was started, or whose restore was allowed. Once, and after `frozen` when CRIU ended it. */
  | { readonly type: "task-exited"; readonly exit: TaskExit }
  | { readonly type: "deadline"; readonly id: number }
  /** Something in crik failed that no other input describes. */
  | { readonly type: "fault"; readonly error: Error };
