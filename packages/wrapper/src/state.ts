/**
 * The data of the wrapper's state machine: states, inputs, actions, policy, outcome. Nothing here does anything; `transition` decides,
 * the shell carries out. Actions are carried out in the order given; those that change the store (`give-back`, `release`,
 * `quarantine`) are finished before the next action starts.
 */

/** A signal that can be caught, by its name. SIGKILL and SIGSTOP never reach the machine. */
export type SignalName = NodeJS.Signals;

/** How the root of the task ended. */
export type TaskExit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: SignalName };

/** `unknown`: the server answered and does not know the node. `unavailable`: no answer could be had. */
export type NodeStateAnswer = "ready" | "shutting-down" | "unknown" | "unavailable";

/** Why the task must end. Made by the first checkpoint signal, or by a fault; a later one never replaces it. */
export interface StopRequest {
  /** What tells the task to stop, when it comes to that. */
  readonly signal: SignalName;
  /** When it was asked, monotonic milliseconds: the grace period counts from here. */
  readonly at: number;
  /** Set when crik itself has failed: the task is stopped without a checkpoint, and the outcome is `failed`. */
  readonly fault: Error | undefined;
}

/** What every state carries along until the end. */
export interface Memory {
  readonly stop: StopRequest | undefined;
  /**
   * Signals that could not be delivered yet, in the order they came, each once (as the kernel keeps pending signals). The one that asked
   * to stop is among them. They are delivered when the task runs on, and never to a task that has ended.
   */
  readonly signals: readonly SignalName[];
  /** The last one told before the stop was asked, by a watch. */
  readonly nodeState: NodeStateAnswer | undefined;
  /** Id of the last deadline that was set; an earlier one that fires is stale. 0: none was. */
  readonly deadline: number;
}

export type WrapperState =
  | StartingState
  | RestoringState
  | RunningState
  | DecidingState
  | CheckpointingState
  | StoppingState
  | ExitedState;

/** No task yet. `looking`: for a checkpoint; `launching`: the command is being executed. */
export interface StartingState extends Memory {
  readonly name: "starting";
  readonly phase: "looking" | "launching";
  /** Looking only below this generation, after a newer one could not be restored. */
  readonly olderThan: number | undefined;
}

/**
 * CRIU makes the task from a claimed checkpoint. `preparing`: until the post-restore hook asks, nothing has run, all can be undone.
 * `refused`: the hook was told no. `allowed`: the checkpoint is being consumed, or is, and the task may run at any moment.
 */
export interface RestoringState extends Memory {
  readonly name: "restoring";
  readonly phase: "preparing" | "refused" | "allowed";
  readonly number: number;
  /** Where the checkpoint was made, for the log. */
  readonly from: string;
  /** A task that ends at once may be seen before the restore's answer, which then decides what it means. */
  readonly taskExit: TaskExit | undefined;
}

export interface RunningState extends Memory {
  readonly name: "running";
  /** Root of the task. */
  readonly pid: number;
}

/** A stop was asked and the node's state decides. The shell keeps asking for as long as this state lasts. */
export interface DecidingState extends Memory {
  readonly name: "deciding";
  readonly pid: number;
  readonly stop: StopRequest;
  /** When asking began, monotonic milliseconds: later than the request when that came during a restore. */
  readonly since: number;
  /** The last one since then. */
  readonly answer: NodeStateAnswer | undefined;
  /** When the last answer (or none) becomes the decision, monotonic milliseconds. */
  readonly deadlineAt: number;
}

/**
 * CRIU holds the task, or is about to.
 * `dumping`: the post-dump hook has not asked yet. `committing`: it waits while the checkpoint is committed. `refused`: no checkpoint will
 * come of this dump and the task is to go on. `committed`: the checkpoint is the truth and CRIU ends the task.
 * `ending`: the dump is over and only the task's exit is waited for.
 */
export interface CheckpointingState extends Memory {
  readonly name: "checkpointing";
  readonly phase: "dumping" | "committing" | "refused" | "committed" | "ending";
  readonly pid: number;
  readonly stop: StopRequest;
  /** The generation, once committed. */
  readonly number: number | undefined;
  /** CRIU kills the task when a dump succeeds, so its exit may come before the dump's answer. */
  readonly taskExit: TaskExit | undefined;
}

/** The task was told to stop (or has been killed) and its exit is waited for. */
export interface StoppingState extends Memory {
  readonly name: "stopping";
  readonly pid: number;
  readonly stop: StopRequest;
  readonly because: StopReason;
  readonly killed: boolean;
}

/** Final: answers every input with itself and no action. */
export interface ExitedState {
  readonly name: "exited";
  readonly outcome: WrapperOutcome;
}

/** Why the task is stopped rather than checkpointed. */
export type StopReason =
  /** `checkpointOn: "never"` */
  | "policy"
  /** A checkpoint made here could not be restored: `capable: false` */
  | "not-capable"
  | "stopped-while-starting"
  | "node-not-shutting-down"
  | "node-state-unavailable"
  | "checkpoint-failed"
  /** No time for a dump was left when the decision fell. */
  | "out-of-time"
  | "fault";

/** How it ended. Data for the caller, who makes an exit status of it. */
export type WrapperOutcome =
  | { readonly kind: "task-exited"; readonly exit: TaskExit }
  | { readonly kind: "checkpointed"; readonly number: number }
  /** Nothing of the task has run; a checkpoint that was claimed is left for the next container. */
  | { readonly kind: "stopped-before-start"; readonly signal: SignalName }
  /** The command could not be executed: 127 not found, 126 otherwise. */
  | { readonly kind: "task-failed"; readonly exitCode: 126 | 127; readonly error: Error }
  | { readonly kind: "failed"; readonly because: FailureReason; readonly error: Error | undefined };

export type FailureReason =
  /** A bug, or something crik cannot work without. */
  | "fault"
  /** The directory could not be searched and the policy forbids a fresh start. */
  | "search-failed"
  /** Another container has the checkpoint and the policy forbids a fresh start. */
  | "checkpoint-held"
  /** No checkpoint could be restored and the policy forbids a fresh start. */
  | "restore-failed"
  /** The restore failed after the task may have run: the checkpoint is consumed and must not be used again. */
  | "restore-lost"
  /** CRIU reported success though its hook never allowed it to end the task. */
  | "dump-without-commit"
  /** The task is gone and how it ended was not to be learned. */
  | "task-lost";

/**
 * Why a restore failed.
 * - `refused`: the hook was told no, or the restore was cancelled. Nothing is wrong with the checkpoint.
 * - `claim-lost`: another container took it over before it was consumed; it is no longer ours to rename.
 * - `environment`: CRIU cannot run here (missing, too old, a capability lacks); says nothing about the checkpoint.
 * - `put-back`: carried files could not be written to their places.
 */
export type RestoreFailure = "refused" | "claim-lost" | "criu" | "digest" | "put-back" | "timeout" | "environment";

/** Everything that can happen. `at` is monotonic milliseconds: the machine has no clock of its own. */
export type WrapperInput = { readonly at: number } & WrapperEvent;

export type WrapperEvent =
  /** The search found one, and it is claimed for this container. */
  | { readonly type: "checkpoint-found"; readonly number: number; readonly from: string }
  /** Another container holds the newest; waiting for it (within the search) was in vain. */
  | { readonly type: "checkpoint-held"; readonly by: string }
  | { readonly type: "no-checkpoint"; readonly because: string }
  | { readonly type: "search-failed"; readonly error: Error }
  | { readonly type: "task-started"; readonly pid: number }
  | { readonly type: "start-failed"; readonly exitCode: 126 | 127; readonly error: Error }
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
  | { readonly type: "signal"; readonly signal: SignalName }
  | { readonly type: "node-state"; readonly state: NodeStateAnswer }
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

/** Everything the shell may be told to do. Data, so that a test can compare it. */
export type WrapperAction =
  /** Find and claim the newest restorable generation (below `olderThan`): `checkpoint-found`, `checkpoint-held`, `no-checkpoint` or `search-failed`. */
  | { readonly do: "look-for-checkpoint"; readonly olderThan: number | undefined }
  /** The search still answers, as soon as it can. */
  | { readonly do: "cancel-search" }
  /** Execute the command: `task-started` or `start-failed`. */
  | { readonly do: "start-task" }
  /** Restore the claimed generation: `before-resume` perhaps, then `restore-succeeded` or `restore-failed`. */
  | { readonly do: "restore"; readonly number: number }
  /** End CRIU early; only before the hook was allowed. The restore still answers, normally `restore-failed` with `refused`. */
  | { readonly do: "cancel-restore" }
  /** Rename the claim to consumed, then allow the hook; if that fails, refuse it (and `restore-failed` follows). */
  | { readonly do: "consume-and-allow"; readonly number: number }
  /** Answer the waiting hook with no. */
  | { readonly do: "refuse"; readonly hook: "before-resume" | "frozen"; readonly because: string }
  /** Undo a consume, nothing having run: consumed becomes claimed again. `release` or `quarantine` follows at once. */
  | { readonly do: "give-back"; readonly number: number }
  /** Give up the claim: the generation is complete again, for the next container. */
  | { readonly do: "release"; readonly number: number }
  /** Keep the claimed generation apart, with the reason; it is not tried again. */
  | { readonly do: "quarantine"; readonly number: number; readonly cause: RestoreFailure; readonly error: Error }
  /** Ask for the node's state now, and again until the state is no longer `deciding`; each answer, and each failure, is a `node-state`. */
  | { readonly do: "ask-node-state" }
  /** Stage and dump: `frozen` perhaps, then `dump-succeeded` or `dump-failed`. */
  | { readonly do: "dump"; readonly pid: number }
  /** End CRIU early, and a commit that has not come to its rename. The dump still answers. May be told twice. */
  | { readonly do: "cancel-dump" }
  /** Commit while the tree stands frozen, then allow the hook: `committed`; or refuse it: `commit-failed`. */
  | { readonly do: "commit-and-allow" }
  | { readonly do: "forward-signal"; readonly pid: number; readonly signal: SignalName }
  /** SIGKILL for the whole tree. */
  | { readonly do: "kill-task"; readonly pid: number }
  /** Send `deadline` with this id in `inMs` (0 or more). Replaces the one before: at most one is awaited. */
  | { readonly do: "set-deadline"; readonly id: number; readonly inMs: number };

export interface Transition {
  readonly state: WrapperState;
  readonly actions: readonly WrapperAction[];
}

/**
 * What the user decides. The time after a stop request is a budget: decision, dump until `gracePeriodMs - stopReserveMs`, then the plain
 * stop, SIGKILL at `gracePeriodMs - killReserveMs`.
 */
export interface WrapperPolicy {
  /** `"node-shutting-down"` asks for the node's state first. */
  readonly checkpointOn: "always" | "node-shutting-down" | "never";
  /** False when it was found out at start that a checkpoint made here could not be restored: then a stop is a plain stop. */
  readonly capable: boolean;
  /** The signals that ask to stop. Every other one is only forwarded. @defaultValue `["SIGTERM"]` */
  readonly checkpointSignals: readonly SignalName[];
  readonly ifNodeStateUnavailable: "checkpoint" | "stop";
  /**
   * After a restore that failed for the checkpoint's sake. `"previous"`: the next older generation, and a fresh start when there is none.
   * Where CRIU cannot run at all, `"previous"` starts fresh too: older generations would fail alike.
   */
  readonly ifRestoreFails: "previous" | "start-fresh" | "fail";
  /** When another container holds the checkpoint. `"wait"` searches again, as often as it takes. */
  readonly ifClaimed: "wait" | "start-fresh" | "fail";
  /** How long a node state that cannot be had, or is unknown, is asked for again, in milliseconds since asking began. */
  readonly nodeStateTimeoutMs: number;
  /**
   * How long after the stop request `ready` is not yet believed, in milliseconds: the kubelet may publish the node's condition a moment
   * after the pod's SIGTERM (11 ms measured).
   */
  readonly nodeStateGraceMs: number;
  /** The pod's `terminationGracePeriodSeconds`, in milliseconds. */
  readonly gracePeriodMs: number;
  /** Kept back from the grace period for a plain stop, in milliseconds: no commit begins in it. */
  readonly stopReserveMs: number;
  /** Kept back at the very end for SIGKILL and cleaning up, in milliseconds: a dump still running then is cancelled. */
  readonly killReserveMs: number;
}

/** @see {@link WrapperPolicy} for each. */
export const defaultPolicy: WrapperPolicy = {
  checkpointOn: "always",
  capable: true,
  checkpointSignals: ["SIGTERM"],
  ifNodeStateUnavailable: "checkpoint",
  ifRestoreFails: "previous",
  ifClaimed: "wait",
  nodeStateTimeoutMs: 3_000,
  nodeStateGraceMs: 1_000,
  gracePeriodMs: 30_000,
  stopReserveMs: 5_000,
  killReserveMs: 1_000,
};
