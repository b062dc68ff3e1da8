import type {
  CheckpointingState,
  Memory,
  StopReason,
  StopRequest,
  Transition,
  WrapperAction,
  WrapperInput,
  WrapperPolicy,
} from "../state.ts";
import { cancelCommitInMs, cancelDumpInMs, cancelledInMs, exitToldInMs, lastCommitAt } from "./budget.ts";
import { arm, exited, faulted, memoryOf, otherwise, remember, stay, taskExited } from "./memory.ts";
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
  const dumping: CheckpointingState = {
    ...memoryOf(memory),
    name: "checkpointing",
    phase: "dumping",
    stop: memory.stop,
    pid,
    cancelled: false,
    number: undefined,
    taskExit: undefined,
  };
  const { state, setDeadline } = arm(dumping, cancelDumpInMs(memory.stop, at, policy));
  return stay(state, setDeadline, { do: "dump", pid });
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
      return settled(
        { ...state, phase: state.phase === "ending" ? "ending" : "committed", number: input.number },
        policy,
      );
    case "commit-failed":
      return state.phase === "committing" ? settled({ ...state, phase: "refused" }, policy) : stay(state);
    case "dump-succeeded":
      if (state.number !== undefined) return exited({ kind: "checkpointed", number: state.number });
      return exited({ kind: "failed", because: "dump-without-commit", error: state.stop.fault });
    case "dump-failed":
      return dumpFailed(state, input, policy);
    case "task-exited":
      if (state.phase === "ending") return ended({ ...state, taskExit: input.exit });
      // Before the hook CRIU has not ended it: it ended by itself and there is nothing left to dump.
      if (state.phase === "dumping") return giveUpDump({ ...state, taskExit: input.exit }, policy);
      return stay({ ...state, taskExit: input.exit });
    case "deadline":
      return input.id === state.deadline ? outOfTime(state, input.at, policy) : stay(state);
    case "fault": {
      const next = { ...state, stop: faulted(state, input.error, input.at) };
      return state.phase === "dumping" || state.phase === "committing" ? giveUpDump(next, policy) : stay(next);
    }
    default:
      return otherwise(state, input);
  }
}

function frozen(state: CheckpointingState, at: number, policy: WrapperPolicy): Transition {
  switch (state.phase) {
    case "dumping":
      return at < lastCommitAt(state.stop, policy)
        ? beginCommit(state, at, policy)
        : refuse(state, "the time that is left is reserved for stopping the task");
    case "committing":
    case "committed":
      // The hook that asked already has its answer coming.
      return stay(state);
    default:
      return refuse(state, "the dump was given up");
  }
}

function beginCommit(before: CheckpointingState, at: number, policy: WrapperPolicy): Transition {
  const committing: CheckpointingState = { ...before, phase: "committing" };
  const { state, setDeadline } = arm(committing, cancelCommitInMs(before.stop, at, policy));
  return stay(state, setDeadline, { do: "commit-and-allow" });
}

function refuse(state: CheckpointingState, because: string): Transition {
  const phase = state.phase === "ending" ? "ending" : "refused";
  return stay({ ...state, phase }, { do: "refuse", hook: "frozen", because });
}

/** A commit that runs may still come to its rename, so it stays `committing` until its answer. */
function giveUpDump(before: CheckpointingState, policy: WrapperPolicy): Transition {
  if (before.cancelled) return stay(before);
  const phase = before.phase === "committing" ? "committing" : "refused";
  const { state, setDeadline } = arm<CheckpointingState>({ ...before, phase, cancelled: true }, cancelledInMs(policy));
  return stay(state, { do: "cancel-dump" }, setDeadline);
}

/** A commit's answer. After cancelling there may be no deadline left that hurries CRIU. */
function settled(before: CheckpointingState, policy: WrapperPolicy): Transition {
  if (!before.cancelled) return stay(before);
  const { state, setDeadline } = arm(before, cancelledInMs(policy));
  return stay(state, setDeadline);
}

/** A dump's or a commit's time is over, or a cancelled one does not answer: what CRIU should have ended or let go is ended by ourselves. */
function outOfTime(state: CheckpointingState, at: number, policy: WrapperPolicy): Transition {
  const { phase, cancelled } = state;
  switch (phase) {
    case "dumping":
    case "committing":
      // Until a commit has settled nobody knows whether the task may go on, so this waits as long as the storage does.
      return giveUpDump(state, policy);
    case "refused":
      if (!cancelled) return giveUpDump(state, policy);
      return state.taskExit === undefined ? letStop(state, at, policy) : ended(state);
    case "committed": {
      const cancel: readonly WrapperAction[] = cancelled ? [] : [{ do: "cancel-dump" }];
      if (state.taskExit !== undefined) return ended(state, ...cancel);
      const next = awaitExit({ ...state, cancelled: true }, policy);
      return { ...next, actions: [...cancel, { do: "kill-task", pid: state.pid }, ...next.actions] };
    }
    case "ending":
      return ended(state);
  }
}

/** There will be no checkpoint, and the task is alive. */
function letStop(state: CheckpointingState, at: number, policy: WrapperPolicy): Transition {
  return stopTask({ memory: state, pid: state.pid, because: whyNone(state) }, at, policy);
}

function whyNone({ stop, cancelled }: CheckpointingState): StopReason {
  if (stop.fault !== undefined) return "fault";
  // While the task is alive, nothing else than its time gives a dump up.
  return cancelled ? "out-of-time" : "checkpoint-failed";
}

/** The dump is over; the exit should be told soon. */
function awaitExit(before: CheckpointingState, policy: WrapperPolicy): Transition {
  const { state, setDeadline } = arm<CheckpointingState>({ ...before, phase: "ending" }, exitToldInMs(policy));
  return stay(state, setDeadline);
}

function dumpFailed(state: CheckpointingState, input: DumpFailed, policy: WrapperPolicy): Transition {
  const next = { ...state, number: state.number ?? input.committed };
  if (next.taskExit !== undefined) return ended(next);
  if (next.number !== undefined && input.task === "gone") return ended(next);
  // The task was killed, or its exit is waited for, already.
  if (state.phase === "ending") return stay(next);
  if (next.number !== undefined) {
    // CRIU died between the commit and the kill: the task may be running on beside its checkpoint.
    const { state: ending, actions } = awaitExit(next, policy);
    return { state: ending, actions: [{ do: "kill-task", pid: state.pid }, ...actions] };
  }
  return input.task === "gone" ? awaitExit(next, policy) : letStop(next, input.at, policy);
}

/** Nothing of the task is left. */
function ended(state: CheckpointingState, ...actions: readonly WrapperAction[]): Transition {
  if (state.number !== undefined) return exited({ kind: "checkpointed", number: state.number }, actions);
  if (state.taskExit !== undefined) return taskExited(state, state.taskExit);
  return exited({ kind: "failed", because: "task-lost", error: state.stop.fault }, actions);
}
