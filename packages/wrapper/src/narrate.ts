import type { WrapperLogEvent } from "./log-event.ts";
import type {
  FailedRestore,
  NodeStateAnswer,
  StartingState,
  StopReason,
  StopRequest,
  WrapperInput,
  WrapperOutcome,
  WrapperState,
} from "./state.ts";

/** What a step of the machine means to the people who run it. */
export interface Narration {
  readonly event: WrapperLogEvent;
  readonly level: "info" | "warn";
  readonly fields: object;
  readonly message: string;
}

const Reasons: Readonly<Record<StopReason, string>> = {
  policy: "nothing is to be checkpointed here",
  "not-capable": "a checkpoint made here could not be restored",
  "stopped-while-starting": "it was asked for while the application was being started",
  "node-not-shutting-down": "its node is not going away",
  "node-state-unavailable": "whether its node is going away cannot be found out",
  "checkpoint-failed": "the checkpoint failed",
  "out-of-time": "the grace period was too short for the checkpoint",
  fault: "crik itself has failed",
};

/** Why nobody needs to look: it is what the configuration asks for, or came too early for a checkpoint. */
const AsWanted: ReadonlySet<StopReason> = new Set(["policy", "stopped-while-starting", "node-not-shutting-down"]);

/** In characters; a record of a checkpoint has room for 4096. */
const LongestReason = 500;

const NodeStates: Readonly<Record<NodeStateAnswer, string>> = {
  ready: "its node is ready",
  "shutting-down": "its node is shutting down",
  unknown: "its node is unknown",
  unavailable: Reasons["node-state-unavailable"],
};

/** Pure: why the application gets its plain stop, in words. */
export function stopReasonText(reason: StopReason): string {
  return Reasons[reason];
}

/** Pure: why a checkpoint is made in this state, in words: what the log says, and the checkpoint's record. One line, whatever a server has answered. */
export function checkpointReasonText(state: WrapperState): string {
  if (state.name === "exited" || state.nodeState === undefined) return "as configured";
  const { nodeState, nodeStateReason } = state;
  const text = `${NodeStates[nodeState]}${nodeStateReason === undefined ? "" : `: ${nodeStateReason}`}`;
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, " ");
  return line.length > LongestReason ? `${line.slice(0, LongestReason - 1)}…` : line;
}

/** Pure: the line for the log that a decision deserves; `undefined` for a step that is nobody's business. Every decision has exactly one. */
export function narrate(from: WrapperState, to: WrapperState, input: WrapperInput): Narration | undefined {
  if (from.name === "starting" && to.name === "starting" && to.phase === "launching" && from.phase === "looking") {
    return {
      event: "started-afresh",
      level: input.type === "no-checkpoint" ? "info" : "warn",
      fields: whyAfresh(input),
      message: "the application is started afresh",
    };
  }
  if (to.name === "restoring" && from.name !== "restoring") {
    return say("restore-begun", "restoring the application", { generation: to.number, madeOn: to.from });
  }
  if (from.name === "taking-back" && to.name === "starting") return withoutThisOne(from.restore, to);
  if (to.name === "deciding" && from.name !== "deciding") {
    return say("stop-asked", "asked to stop: finding out whether the node is going away", { signal: to.stop.signal });
  }
  if (to.name === "checkpointing" && from.name !== "checkpointing") {
    return say("checkpoint-begun", "asked to stop: the application is being checkpointed", {
      signal: to.stop.signal,
      because: checkpointReasonText(to),
    });
  }
  if (to.name === "stopping" && from.name !== "stopping") {
    return {
      event: "stopped-without-checkpoint",
      level: AsWanted.has(to.because) ? "info" : "warn",
      fields: {
        signal: to.stop.signal,
        because: stopReasonText(to.because),
        ...(to.because === "out-of-time" && timeThatWas(to.stop, input)),
      },
      message: "the application is stopped and not checkpointed",
    };
  }
  if (to.name === "stopping" && from.name === "stopping" && to.killed && !from.killed) {
    return warn("killed", "the grace period is over: the application is killed", {});
  }
  return to.name === "exited" && from.name !== "exited" ? ending(to.outcome) : undefined;
}

function whyAfresh(input: WrapperInput): object {
  switch (input.type) {
    case "no-checkpoint":
      return { because: input.because };
    case "checkpoint-held":
      return { because: `another container has the checkpoint: ${input.by}` };
    case "checkpoint-unreadable":
      return { because: `the checkpoint could not be read ${input.attempts} times`, generation: input.number };
    default:
      return {};
  }
}

/** After a restore that failed. */
function withoutThisOne({ number: generation, attempt, cause }: FailedRestore, to: StartingState): Narration {
  if (to.phase === "launching") {
    return warn("started-afresh", "the application is started afresh: its checkpoint could not be restored", {
      generation,
      attempt,
    });
  }
  return cause === "claim-lost"
    ? warn("claim-lost", "the checkpoint is looked for again: another container has taken it over", { generation })
    : warn("restore-given-up", "an older checkpoint is looked for: this one could not be restored", { generation });
}

function timeThatWas(stop: StopRequest, { at }: WrapperInput): object {
  return {
    afterMs: Math.round(at - stop.at),
    remedy: "a longer gracePeriod and terminationGracePeriodSeconds, or a shorter stopReserve",
  };
}

function ending(outcome: WrapperOutcome): Narration | undefined {
  switch (outcome.kind) {
    case "checkpointed":
      return say("checkpointed", "the application goes on where its checkpoint is restored", {
        generation: outcome.number,
      });
    case "stopped-before-start":
      return say("stopped-before-start", "stopped before the application ran", { signal: outcome.signal });
    case "task-exited": {
      const { exit } = outcome;
      return say(
        "ended",
        "the application has ended",
        exit.kind === "exited" ? { exitCode: exit.code } : { signal: exit.signal },
      );
    }
    case "restore-postponed": {
      const { number: generation, attempt, of } = outcome;
      const so = of === undefined ? `attempt ${attempt}, and it is never given up` : `attempt ${attempt} of ${of}`;
      return warn(
        "restore-postponed",
        `the checkpoint is left as it is, and is tried again by the next container: ${so}`,
        { generation },
      );
    }
    case "task-failed":
    case "failed":
      return undefined;
  }
}

function say(event: WrapperLogEvent, message: string, fields: object): Narration {
  return { event, level: "info", fields, message };
}

function warn(event: WrapperLogEvent, message: string, fields: object): Narration {
  return { event, level: "warn", fields, message };
}
