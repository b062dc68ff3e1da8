import type { Memory, StartingState, Transition, WrapperInput, WrapperPolicy } from "../state.ts";
import { killInMs } from "./budget.ts";
import {
  arm,
  exited,
  memoryOf,
  neverStarted,
  otherwise,
  rememberFault,
  rememberSignal,
  stay,
  taskExited,
} from "./memory.ts";
import { runTask } from "./running.ts";
import { stopTask } from "./stopping.ts";

/** Searches for a checkpoint (again). */
export function lookForCheckpoint(memory: Memory, olderThan: number | undefined): Transition {
  return {
    state: { ...memoryOf(memory), name: "starting", phase: "looking", olderThan },
    actions: [{ do: "look-for-checkpoint", olderThan }],
  };
}

/** Executes the command. */
export function launch(memory: Memory): Transition {
  return {
    state: { ...memoryOf(memory), name: "starting", phase: "launching", olderThan: undefined },
    actions: [{ do: "start-task" }],
  };
}

/** Another container has the checkpoint. */
export function heldByAnother(
  memory: Memory,
  olderThan: number | undefined,
  policy: WrapperPolicy,
  error?: Error,
): Transition {
  if (policy.ifClaimed === "wait") return lookForCheckpoint(memory, olderThan);
  if (policy.ifClaimed === "start-fresh") return launch(memory);
  return exited({ kind: "failed", because: "checkpoint-held", error });
}

/** A restore that has failed for the sake of this container, or of the volume. */
export interface FailedAttempt {
  readonly number: number;
  readonly attempt: number;
  readonly error: Error;
}

/**
 * Who starts the application afresh gives its checkpoint up for good, so that the next container tries it first; but not for ever. What the preflight has
 * found is no reason to try less: it is about checkpoints made here, and a restore is mostly possible all the same (measured under a seccomp filter).
 */
export function afterFailedAttempt(memory: Memory, failed: FailedAttempt, policy: WrapperPolicy): Transition {
  const { ifRestoreFails, restoreAttempts } = policy;
  if (ifRestoreFails === "fail") return exited({ kind: "restore-postponed", ...failed, of: undefined });
  if (failed.attempt >= restoreAttempts) return launch(memory);
  return exited({ kind: "restore-postponed", ...failed, of: restoreAttempts });
}

/** No task yet: a request to stop waits for the answer of what is under way. */
export function starting(state: StartingState, input: WrapperInput, policy: WrapperPolicy): Transition {
  switch (input.type) {
    case "signal":
      return stopAsked(state, rememberSignal(state, input.signal, input.at, policy), input.at, policy);
    case "fault":
      return stopAsked(state, rememberFault(state, input.error, input.at), input.at, policy);
    case "deadline":
      return input.id === state.deadline ? outOfTime(state) : stay(state);
    default:
      return state.phase === "looking" ? looking(state, input, policy) : launching(state, input, policy);
  }
}

/**
 * The first request to stop. What is under way is left to answer, so that a claim is released and a task that comes is stopped; a search
 * is hurried. After a fault the answer may never come.
 */
function stopAsked(before: StartingState, after: StartingState, at: number, policy: WrapperPolicy): Transition {
  if (before.stop !== undefined || after.stop === undefined) return stay(after);
  const { state, setDeadline } = arm(after, killInMs(after.stop, at, policy));
  return state.phase === "looking" ? stay(state, { do: "cancel-search" }, setDeadline) : stay(state, setDeadline);
}

function outOfTime(state: StartingState): Transition {
  const { stop, phase } = state;
  if (stop === undefined) return stay(state);
  if (phase === "looking" || stop.fault !== undefined) return neverStarted(stop);
  return exited({ kind: "failed", because: "task-lost", error: undefined });
}

function looking(state: StartingState, input: WrapperInput, policy: WrapperPolicy): Transition {
  const { stop, olderThan } = state;
  switch (input.type) {
    case "checkpoint-found": {
      const { number, from, attempts } = input;
      if (stop !== undefined) return neverStarted(stop, [{ do: "release", number }]);
      return {
        state: {
          ...memoryOf(state),
          name: "restoring",
          phase: "preparing",
          number,
          attempt: attempts + 1,
          from,
          taskExit: undefined,
        },
        actions: [{ do: "restore", number }],
      };
    }
    case "checkpoint-unreadable": {
      if (stop !== undefined) return neverStarted(stop);
      const { number, attempts: attempt, error } = input;
      return afterFailedAttempt(state, { number, attempt, error }, policy);
    }
    case "checkpoint-held":
      return stop === undefined ? heldByAnother(state, olderThan, policy) : neverStarted(stop);
    case "no-checkpoint":
      return stop === undefined ? launch(state) : neverStarted(stop);
    case "search-failed":
      // Who starts afresh without having looked may do so beside the state.
      return stop === undefined
        ? exited({ kind: "failed", because: "search-failed", error: input.error })
        : neverStarted(stop);
    default:
      return otherwise(state, input);
  }
}

function launching(state: StartingState, input: WrapperInput, policy: WrapperPolicy): Transition {
  const { stop } = state;
  switch (input.type) {
    case "task-started": {
      if (stop === undefined) return runTask(state, input.pid);
      const because = stop.fault === undefined ? "stopped-while-starting" : "fault";
      return stopTask({ memory: { ...state, stop }, pid: input.pid, because }, input.at, policy);
    }
    case "start-failed":
      return exited({ kind: "task-failed", exitCode: input.exitCode, error: input.error });
    case "task-exited":
      return taskExited(state, input.exit);
    default:
      return otherwise(state, input);
  }
}
