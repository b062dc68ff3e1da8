/**
 * The data of the wrapper's state machine. Nothing here does anything; `transition` decides, the shell carries out: the actions in the
 * order given, those that change the store (`give-back`, `release`, `quarantine`) finished before the next one starts.
 */
import type { WrapperAction } from "./state/action.ts";
import type { NodeStateAnswer, RestoreFailure } from "./state/input.ts";
import type { SignalName, TaskExit, WrapperOutcome } from "./state/outcome.ts";

export type { WrapperAction } from "./state/action.ts";
export type { NodeStateAnswer, RestoreFailure, WrapperEvent, WrapperInput } from "./state/input.ts";
export type { SignalName, TaskExit, WrapperOutcome } from "./state/outcome.ts";
export { defaultPolicy, type WrapperPolicy } from "./state/policy.ts";

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
  /** The last one told before the stop was asked, by a watch; once it was asked for, the one that has decided. */
  readonly nodeState: NodeStateAnswer | undefined;
  /** Why the node is in the state that was told last, for people. */
  readonly nodeStateReason?: string | undefined;
  /**
   * Id of the last deadline that was set; an earlier one that fires is stale. 0: none was. One is always pending once a stop was asked, so
   * that it comes to an end even where something no longer answers.
   */
  readonly deadline: number;
}

export type WrapperState =
  | StartingState
  | RestoringState
  | TakingBackState
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
  /** How many containers have claimed it, with this one. */
  readonly attempt: number;
  /** Where the checkpoint was made, for the log. */
  readonly from: string;
  /** A task that ends at once may be seen before the restore's answer, which then decides what it means. */
  readonly taskExit: TaskExit | undefined;
}

/**
 * The restore has failed, and nothing of its tree has run: what it had put into this container is taken back, before the checkpoint is given up and anything else begins.
 */
export interface TakingBackState extends Memory {
  readonly name: "taking-back";
  readonly restore: FailedRestore;
  /** It was told to end early. */
  readonly cancelled: boolean;
}

/** A restore that nothing has come of. */
export interface FailedRestore {
  readonly number: number;
  /** As of {@link RestoringState}. */
  readonly attempt: number;
  readonly cause: RestoreFailure;
  readonly error: Error;
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
  /** CRIU was told to end early. */
  readonly cancelled: boolean;
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
  /** No time for a dump was left when the decision fell, or the dump was given up because its time was over. */
  | "out-of-time"
  | "fault";

/** What a state makes of an input. */
export interface Transition {
  readonly state: WrapperState;
  readonly actions: readonly WrapperAction[];
}
