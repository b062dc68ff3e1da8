import type { Memory, RunningState, StopRequest, Transition, WrapperInput, WrapperPolicy } from "../state.ts";
import { beginDump } from "./checkpointing.ts";
import { beginDeciding } from "./deciding.ts";
import { forward, memoryOf, otherwise, rememberFault, rememberSignal, stay, taskExited } from "./memory.ts";
import { stopTask } from "./stopping.ts";

/** The task runs, and nothing was asked before: what was kept back is delivered. */
export function runTask(memory: Memory, pid: number): Transition {
  return { state: { ...memoryOf(memory), name: "running", signals: [], pid }, actions: forward(pid, memory.signals) };
}

/** The task runs and a stop was asked: checkpoint it, find out whether to, or stop it. */
export function beginStop(
  memory: Memory & { readonly stop: StopRequest },
  pid: number,
  at: number,
  policy: WrapperPolicy,
): Transition {
  if (memory.stop.fault !== undefined) return stopTask({ memory, pid, because: "fault" }, at, policy);
  if (policy.checkpointOn === "never") return stopTask({ memory, pid, because: "policy" }, at, policy);
  if (!policy.capable) return stopTask({ memory, pid, because: "not-capable" }, at, policy);
  if (policy.checkpointOn === "always" || memory.nodeState === "shutting-down") {
    return beginDump(memory, pid, at, policy);
  }
  return beginDeciding(memory, pid, at, policy);
}

/** Everything is forwarded, until the first signal that asks to stop. */
export function running(state: RunningState, input: WrapperInput, policy: WrapperPolicy): Transition {
  switch (input.type) {
    case "signal": {
      const { stop, ...next } = rememberSignal(state, input.signal, input.at, policy);
      if (stop === undefined) return stay(state, ...forward(state.pid, [input.signal]));
      return beginStop({ ...next, stop }, state.pid, input.at, policy);
    }
    case "task-exited":
      return taskExited(state, input.exit);
    case "fault":
      return beginStop(rememberFault(state, input.error, input.at), state.pid, input.at, policy);
    default:
      return otherwise(state, input);
  }
}
