import type {
  Memory,
  StoppingState,
  StopReason,
  StopRequest,
  Transition,
  WrapperInput,
  WrapperPolicy,
} from "../state.ts";
import { exitToldInMs, killInMs } from "./budget.ts";
import { arm, exited, faulted, forward, memoryOf, otherwise, stay, taskExited } from "./memory.ts";

/** A living task that is to stop, and why. */
export interface StopPlan {
  readonly memory: Memory & { readonly stop: StopRequest };
  readonly pid: number;
  readonly because: StopReason;
}

/** Delivers what was kept back, the stop signal among it, and counts down to SIGKILL. */
export function stopTask(plan: StopPlan, at: number, policy: WrapperPolicy): Transition {
  const { state, setDeadline } = arm(stoppingFor(plan), killInMs(plan.memory.stop, at, policy));
  return stay(state, ...forward(plan.pid, plan.memory.signals), setDeadline);
}

/** SIGKILL at once, without a word before it. */
export function killTask(plan: StopPlan, policy: WrapperPolicy): Transition {
  return kill(stoppingFor(plan), policy);
}

function stoppingFor({ memory, pid, because }: StopPlan): StoppingState {
  return {
    ...memoryOf(memory),
    name: "stopping",
    stop: memory.stop,
    signals: [],
    pid,
    because,
    killed: false,
  };
}

function kill(before: StoppingState, policy: WrapperPolicy): Transition {
  const { state, setDeadline } = arm({ ...before, killed: true }, exitToldInMs(policy));
  return stay(state, { do: "kill-task", pid: state.pid }, setDeadline);
}

/** Nothing but the end of the task is waited for, and SIGKILL follows at the deadline; a SIGKILL is followed by giving up. */
export function stopping(state: StoppingState, input: WrapperInput, policy: WrapperPolicy): Transition {
  switch (input.type) {
    case "signal":
      return stay(state, ...forward(state.pid, [input.signal]));
    case "deadline":
      if (input.id !== state.deadline) return stay(state);
      return state.killed ? taskLost(state) : kill(state, policy);
    case "task-exited":
      return taskExited(state, input.exit);
    case "fault":
      return stay({ ...state, stop: faulted(state, input.error, input.at) });
    default:
      return otherwise(state, input);
  }
}

/** Its exit was never told: as PID 1 the wrapper takes it along when it ends itself. */
function taskLost({ stop }: StoppingState): Transition {
  return exited({ kind: "failed", because: stop.fault === undefined ? "task-lost" : "fault", error: stop.fault });
}
