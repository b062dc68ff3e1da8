import type {
  Memory,
  StoppingState,
  StopReason,
  StopRequest,
  Transition,
  WrapperInput,
  WrapperPolicy,
} from "../state.ts";
import { killInMs } from "./budget.ts";
import { faulted, forward, memoryOf, otherwise, stay, taskExited } from "./memory.ts";

/** A living task that is to stop, and why. */
export interface StopPlan {
  readonly memory: Memory & { readonly stop: StopRequest };
  readonly pid: number;
  readonly because: StopReason;
}

/** Delivers what was kept back, the stop signal among it, and counts down to SIGKILL. */
export function stopTask({ memory, pid, because }: StopPlan, at: number, policy: WrapperPolicy): Transition {
  const deadline = memory.deadline + 1;
  return {
    state: {
      ...memoryOf(memory),
      name: "stopping",
      stop: memory.stop,
      signals: [],
      deadline,
      pid,
      because,
      killed: false,
    },
    actions: [
      ...forward(pid, memory.signals),
      { do: "set-deadline", id: deadline, inMs: killInMs(memory.stop, at, policy) },
    ],
  };
}

export function stopping(state: StoppingState, input: WrapperInput): Transition {
  switch (input.type) {
    case "signal":
      return stay(state, ...forward(state.pid, [input.signal]));
    case "deadline":
      if (input.id !== state.deadline || state.killed) return stay(state);
      return stay({ ...state, killed: true }, { do: "kill-task", pid: state.pid });
    case "task-exited":
      return taskExited(state, input.exit);
    case "fault":
      return stay({ ...state, stop: faulted(state, input.error, input.at) });
    default:
      return otherwise(state, input);
  }
}
