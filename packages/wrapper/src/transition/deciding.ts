import type {
  DecidingState,
  Memory,
  NodeStateAnswer,
  StopRequest,
  Transition,
  WrapperInput,
  WrapperPolicy,
} from "../state.ts";
import { lastCommitAt } from "./budget.ts";
import { beginDump } from "./checkpointing.ts";
import { arm, forward, memoryOf, otherwise, remember, rememberFault, stay, taskExited } from "./memory.ts";
import { stopTask } from "./stopping.ts";

/** Asks for the node's state; a task that is to stop waits for the answer. */
export function beginDeciding(
  memory: Memory & { readonly stop: StopRequest },
  pid: number,
  at: number,
  policy: WrapperPolicy,
): Transition {
  const { stop } = memory;
  const deadlineAt = decisionAt({ stop, since: at }, undefined, policy);
  const before: DecidingState = {
    ...memoryOf(memory),
    nodeStateReason: undefined,
    name: "deciding",
    stop,
    pid,
    since: at,
    answer: undefined,
    deadlineAt,
  };
  const { state, setDeadline } = arm(before, Math.max(0, deadlineAt - at));
  return stay(state, { do: "ask-node-state" }, setDeadline);
}

/**
 * When an answer (or that there is none) becomes the decision. `ready` soon after the stop request proves nothing, since the node's
 * condition and the pod's SIGTERM race; any other answer may become better for as long as it may be asked for. Waiting never eats the dump's time.
 */
function decisionAt(
  asked: { readonly stop: StopRequest; readonly since: number },
  answer: NodeStateAnswer | undefined,
  policy: WrapperPolicy,
): number {
  const limit = answer === "ready" ? asked.stop.at + policy.nodeStateGraceMs : asked.since + policy.nodeStateTimeoutMs;
  return Math.min(limit, lastCommitAt(asked.stop, policy));
}

/** The task runs on. The last answer decides at the deadline, and `shutting-down` at once. */
export function deciding(state: DecidingState, input: WrapperInput, policy: WrapperPolicy): Transition {
  switch (input.type) {
    case "signal":
      // The first one decides. Another that asks to stop would end the task that is about to be checkpointed.
      if (policy.checkpointSignals.includes(input.signal)) return stay(remember(state, input.signal));
      return stay(state, ...forward(state.pid, [input.signal]));
    case "node-state":
      return answered({ ...state, answer: input.state, nodeStateReason: input.reason }, input.state, input.at, policy);
    case "deadline":
      return input.id === state.deadline ? decide(state, input.at, policy) : stay(state);
    case "task-exited":
      return taskExited(state, input.exit);
    case "fault":
      return stopTask(
        { memory: rememberFault(state, input.error, input.at), pid: state.pid, because: "fault" },
        input.at,
        policy,
      );
    default:
      return otherwise(state, input);
  }
}

function answered(state: DecidingState, answer: NodeStateAnswer, at: number, policy: WrapperPolicy): Transition {
  const deadlineAt = decisionAt(state, answer, policy);
  if (answer === "shutting-down" || at >= deadlineAt) return decide(state, at, policy);
  if (deadlineAt === state.deadlineAt) return stay(state);
  const armed = arm({ ...state, deadlineAt }, deadlineAt - at);
  return stay(armed.state, armed.setDeadline);
}

function decide(state: DecidingState, at: number, policy: WrapperPolicy): Transition {
  const { pid } = state;
  if (state.answer === "ready") {
    return stopTask({ memory: state, pid, because: "node-not-shutting-down" }, at, policy);
  }
  if (state.answer !== "shutting-down" && policy.ifNodeStateUnavailable === "stop") {
    return stopTask({ memory: state, pid, because: "node-state-unavailable" }, at, policy);
  }
  return beginDump({ ...state, nodeState: state.answer ?? "unavailable" }, pid, at, policy);
}
