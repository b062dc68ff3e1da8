import type {
  CheckpointingState,
  Memory,
  StopRequest,
  Transition,
  WrapperAction,
  WrapperInput,
  WrapperPolicy,
} from "../state.ts";
import { cancelDumpInMs, lastCommitAt } from "./budget.ts";
import { exited, faulted, memoryOf, otherwise, remember, stay, taskExited } from "./memory.ts";
import { stopTask } from "./stopping.ts";

type DumpFailed = Extract<WrapperInput, { readonly type: "dump-failed" }>;

/** Starts the one dump of this wrapper's life, or stops the task when there is no time left for it. */
export function beginDump(
  memory: Memory & { readonly stop: StopRequest },
  pid: number,
  at: number,
  policy: WrapperPolicy,
): Transition {
  if (at >= lastCommitAt(memory.stop, policy)) return stopTask({ memory, pid, because: "out-of-time" }, at, policy);
  const deadline = memory.deadline + 1;
  return {
    state: {
      ...memoryOf(memory),
      name: "checkpointing",
      phase: "dumping",
      stop: memory.stop,
      deadline,
      pid,
      number: undefined,
      taskExit: undefined,
    },
    actions: [
      { do: "set-deadline", id: deadline, inMs: cancelDumpInMs(memory.stop, at, policy) },
      { do: "dump", pid },
    ],
  };
}

/**
 * Two things are decided here and nowhere else: that a commit begins (once, while the tree is frozen and there is time), and what a dump's
 * end means. Once a checkpoint is committed the task must not go on, whatever CRIU says; before that it must, whatever it costs.
 */
export function checkpointing(state: CheckpointingState, input: WrapperInput, policy: WrapperPolicy): Transition {
  switch (input.type) {
    case "signal":
      return stay(remember(state, input.signal));
    case "frozen":
      return frozen(state, input.at, policy);
    case "committed":
      return stay({ ...state, phase: state.phase === "ending" ? "ending" : "committed", number: input.number });
    case "commit-failed":
      return stay(state.phase === "committing" ? { ...state, phase: "refused" } : state);
    case "dump-succeeded":
      if (state.number !== undefined) return exited({ kind: "checkpointed", number: state.number });
      return exited({ kind: "failed", because: "dump-without-commit", error: state.stop.fault });
    case "dump-failed":
      return dumpFailed(state, input, policy);
    case "task-exited":
      if (state.phase === "ending") return ended({ ...state, taskExit: input.exit });
      // Before the hook CRIU has not ended it: it ended by itself and there is nothing left to dump.
      if (state.phase === "dumping") return giveUpDump({ ...state, taskExit: input.exit });
      return stay({ ...state, taskExit: input.exit });
    case "deadline":
      return input.id === state.deadline ? outOfTime(state) : stay(state);
    case "fault": {
      const next = { ...state, stop: faulted(state, input.error, input.at) };
      return state.phase === "dumping" || state.phase === "committing" ? giveUpDump(next) : stay(next);
    }
    default:
      return otherwise(state, input);
  }
}

function frozen(state: CheckpointingState, at: number, policy: WrapperPolicy): Transition {
  switch (state.phase) {
    case "dumping":
      if (at < lastCommitAt(state.stop, policy))
        return stay({ ...state, phase: "committing" }, { do: "commit-and-allow" });
      return refuse(state, "the time that is left is reserved for stopping the task");
    case "committing":
    case "committed":
      // The hook that asked already has its answer coming.
      return stay(state);
    default:
      return refuse(state, "the dump was given up");
  }
}

function refuse(state: CheckpointingState, because: string): Transition {
  const phase = state.phase === "ending" ? "ending" : "refused";
  return stay({ ...state, phase }, { do: "refuse", hook: "frozen", because });
}

/** A commit that runs may still come to its rename, so it stays `committing` until its answer. */
function giveUpDump(state: CheckpointingState): Transition {
  return stay({ ...state, phase: state.phase === "committing" ? "committing" : "refused" }, { do: "cancel-dump" });
}

/** The last reserve is reached: a dump that has not come to its hook is given up, a committed one is ended by ourselves. */
function outOfTime(state: CheckpointingState): Transition {
  switch (state.phase) {
    case "dumping":
    case "committing":
    case "refused":
      return giveUpDump(state);
    case "committed":
      if (state.taskExit !== undefined) return ended(state, { do: "cancel-dump" });
      return stay({ ...state, phase: "ending" }, { do: "cancel-dump" }, { do: "kill-task", pid: state.pid });
    case "ending":
      return state.number === undefined ? ended(state) : stay(state);
  }
}

function dumpFailed(state: CheckpointingState, input: DumpFailed, policy: WrapperPolicy): Transition {
  const next = { ...state, number: state.number ?? input.committed };
  if (next.taskExit !== undefined) return ended(next);
  if (next.number !== undefined) {
    if (input.task === "gone") return ended(next);
    // CRIU died between the commit and the kill: the task may be running on beside its checkpoint.
    if (state.phase === "ending") return stay(next);
    return stay({ ...next, phase: "ending" }, { do: "kill-task", pid: state.pid });
  }
  if (state.phase === "ending") return stay(state);
  if (input.task !== "gone") {
    const because = state.stop.fault === undefined ? "checkpoint-failed" : "fault";
    return stopTask({ memory: state, pid: state.pid, because }, input.at, policy);
  }
  // Its exit should be told in a moment; if not, it never will be.
  const deadline = state.deadline + 1;
  return stay(
    { ...state, phase: "ending", deadline },
    { do: "set-deadline", id: deadline, inMs: policy.killReserveMs },
  );
}

/** Nothing of the task is left. */
function ended(state: CheckpointingState, ...actions: readonly WrapperAction[]): Transition {
  if (state.number !== undefined) return exited({ kind: "checkpointed", number: state.number }, actions);
  if (state.taskExit !== undefined) return taskExited(state, state.taskExit);
  return exited({ kind: "failed", because: "task-lost", error: state.stop.fault }, actions);
}
