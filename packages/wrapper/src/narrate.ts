import type { StopReason, WrapperInput, WrapperOutcome, WrapperState } from "./state.ts";

/** What a step of the machine means to the people who run it. */
export interface Narration {
  readonly level: "info" | "warn";
  readonly fields: object;
  readonly message: string;
}

/** Why the application gets its plain stop. */
const Reasons: Readonly<Record<StopReason, string>> = {
  policy: "nothing is to be checkpointed here",
  "not-capable": "a checkpoint made here could not be restored",
  "stopped-while-starting": "it was asked for while the application was being started",
  "node-not-shutting-down": "its node is not going away",
  "node-state-unavailable": "whether its node is going away cannot be found out",
  "checkpoint-failed": "the checkpoint failed",
  "out-of-time": "too little of the grace period was left for a checkpoint",
  fault: "crik itself has failed",
};

/** Pure: the line for the log that a decision deserves; `undefined` for a step that is nobody's business. Every decision has exactly one. */
export function narrate(from: WrapperState, to: WrapperState, input: WrapperInput): Narration | undefined {
  if (from.name === "starting" && to.name === "starting" && to.phase === "launching" && from.phase === "looking") {
    const because = input.type === "no-checkpoint" ? input.because : "the one before could not be restored";
    return say("the application is started afresh", { because });
  }
  if (to.name === "restoring" && from.name !== "restoring") {
    return say("restoring the application", { generation: to.number, madeOn: to.from });
  }
  if (from.name === "restoring" && to.name === "starting") {
    return warn("the application is started afresh: its checkpoint could not be restored", { generation: from.number });
  }
  if (to.name === "deciding" && from.name !== "deciding") {
    return say("asked to stop: finding out whether the node is going away", { signal: to.stop.signal });
  }
  if (to.name === "checkpointing" && from.name !== "checkpointing") {
    return say("asked to stop: the application is being checkpointed", {
      signal: to.stop.signal,
      because: why(from, input),
    });
  }
  if (to.name === "stopping" && from.name !== "stopping") {
    return say("the application is stopped and not checkpointed", {
      signal: to.stop.signal,
      because: Reasons[to.because],
    });
  }
  if (to.name === "stopping" && from.name === "stopping" && to.killed && !from.killed) {
    return warn("the grace period is over: the application is killed", {});
  }
  return to.name === "exited" && from.name !== "exited" ? ending(to.outcome) : undefined;
}

function why(from: WrapperState, input: WrapperInput): string {
  if (from.name !== "deciding") {
    return "nodeState" in from && from.nodeState !== undefined ? `its node is ${from.nodeState}` : "as configured";
  }
  if (input.type !== "node-state") return `its node is ${from.answer ?? "not heard of"}`;
  return `its node is ${input.state}${input.reason === undefined ? "" : ` (${input.reason})`}`;
}

function ending(outcome: WrapperOutcome): Narration | undefined {
  switch (outcome.kind) {
    case "checkpointed":
      return say("the application goes on where its checkpoint is restored", { generation: outcome.number });
    case "stopped-before-start":
      return say("stopped before the application ran", { signal: outcome.signal });
    case "task-exited": {
      const { exit } = outcome;
      return say(
        "the application has ended",
        exit.kind === "exited" ? { exitCode: exit.code } : { signal: exit.signal },
      );
    }
    case "task-failed":
    case "failed":
      return undefined;
  }
}

function say(message: string, fields: object): Narration {
  return { level: "info", fields, message };
}

function warn(message: string, fields: object): Narration {
  return { level: "warn", fields, message };
}
