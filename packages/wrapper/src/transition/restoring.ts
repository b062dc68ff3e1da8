import type { RestoringState, SignalName, Transition, WrapperAction, WrapperInput, WrapperPolicy } from "../state.ts";
import { killInMs } from "./budget.ts";
import {
  arm,
  exited,
  forward,
  neverStarted,
  otherwise,
  rememberFault,
  rememberSignal,
  stay,
  taskExited,
} from "./memory.ts";
import { beginStop, runTask } from "./running.ts";
import { killTask } from "./stopping.ts";
import { takeBack } from "./taking-back.ts";

type RestoreFailed = Extract<WrapperInput, { readonly type: "restore-failed" }>;

/** Until the hook is allowed everything can be undone and a stop undoes it; from then on the task counts as running. */
export function restoring(state: RestoringState, input: WrapperInput, policy: WrapperPolicy): Transition {
  switch (input.type) {
    case "signal":
      return stopAsked(state, rememberSignal(state, input.signal, input.at, policy), input.at, policy);
    case "fault":
      return stopAsked(state, rememberFault(state, input.error, input.at), input.at, policy);
    case "deadline":
      return input.id === state.deadline ? outOfTime(state) : stay(state);
    case "before-resume":
      return beforeResume(state);
    case "restore-succeeded":
      return succeeded(state, input.pid, input.at, policy);
    case "restore-failed":
      return failed(state, input);
    case "task-exited":
      return stay(state.phase === "allowed" ? { ...state, taskExit: input.exit } : state);
    default:
      return otherwise(state, input);
  }
}

/** The first request to stop: the restore is hurried if it can still be undone, and must answer in time. */
function stopAsked(before: RestoringState, after: RestoringState, at: number, policy: WrapperPolicy): Transition {
  if (before.stop !== undefined || after.stop === undefined) return stay(after);
  const { state, setDeadline } = arm(after, killInMs(after.stop, at, policy));
  return state.phase === "preparing" ? stay(state, { do: "cancel-restore" }, setDeadline) : stay(state, setDeadline);
}

/** The restore does not answer. Until its hook was allowed nothing can have run, and never will: a hook that nobody answers is refused. */
function outOfTime(state: RestoringState): Transition {
  const { stop, phase, number, taskExit } = state;
  if (stop === undefined) return stay(state);
  if (phase !== "allowed") return neverStarted(stop, [{ do: "release", number }]);
  if (taskExit !== undefined) return taskExited(state, taskExit);
  return exited({ kind: "failed", because: "restore-lost", error: stop.fault });
}

function beforeResume(state: RestoringState): Transition {
  if (state.phase === "allowed") return stay(state);
  if (state.phase === "preparing" && state.stop === undefined) {
    return stay({ ...state, phase: "allowed" }, { do: "consume-and-allow", number: state.number });
  }
  const because = "a stop was asked before the task ran";
  return stay({ ...state, phase: "refused" }, { do: "refuse", hook: "before-resume", because });
}

function succeeded(state: RestoringState, pid: number, at: number, policy: WrapperPolicy): Transition {
  if (state.phase !== "allowed") return ranUnasked(state, pid, at, policy);
  if (state.taskExit !== undefined) return taskExited(state, state.taskExit);
  const { stop } = state;
  if (stop === undefined) return runTask(state, pid);
  return deliverOthers(beginStop({ ...state, stop }, pid, at, policy), pid, policy);
}

/** A request that came too late to undo the restore is one to a running task; so the signals that do not ask to stop reach it now. */
function deliverOthers({ state, actions }: Transition, pid: number, policy: WrapperPolicy): Transition {
  if (state.name !== "deciding" && state.name !== "checkpointing") return { state, actions };
  const { stop } = state;
  const kept = (signal: SignalName): boolean => signal === stop.signal || policy.checkpointSignals.includes(signal);
  const others = state.signals.filter((signal) => !kept(signal));
  return { state: { ...state, signals: state.signals.filter(kept) }, actions: [...forward(pid, others), ...actions] };
}

/**
 * CRIU let the task run without leave. Its checkpoint was not consumed, so the task must not go on beside it; the claim is kept until this
 * container is gone, since releasing it now would let another one restore it while the task still dies.
 */
function ranUnasked(state: RestoringState, pid: number, at: number, policy: WrapperPolicy): Transition {
  const error = new Error(`the restore of checkpoint ${state.number} ran its task before it was allowed to`);
  return killTask({ memory: rememberFault(state, error, at), pid, because: "fault" }, policy);
}

/** Nothing of it has run, or all may have: then its files are its own. */
function failed(state: RestoringState, input: RestoreFailed): Transition {
  const { number, attempt } = state;
  const { cause, error, consumed } = input;
  if (input.resumed) return exited({ kind: "failed", because: "restore-lost", error });
  const back: readonly WrapperAction[] = consumed && cause !== "claim-lost" ? [{ do: "give-back", number }] : [];
  const next = takeBack(state, { number, attempt, cause, error });
  return { state: next.state, actions: [...back, ...next.actions] };
}
