import { describe, expect, it } from "vitest";
import { type Narration, narrate } from "./narrate.ts";
import { defaultPolicy, type WrapperEvent, type WrapperPolicy } from "./state.ts";
import { initialTransition, transition } from "./transition.ts";

/** What is said over a run of inputs. */
function story(inputs: readonly WrapperEvent[], policy: Partial<WrapperPolicy> = {}): readonly string[] {
  return narrations(inputs, policy).map(({ message, fields }) => [message, ...Object.values(fields)].join(" | "));
}

function narrations(inputs: readonly WrapperEvent[], policy: Partial<WrapperPolicy> = {}): readonly Narration[] {
  const said: Narration[] = [];
  let { state } = initialTransition;
  for (const [index, event] of inputs.entries()) {
    const input = { at: index, ...event };
    const next = transition(state, input, { ...defaultPolicy, ...policy }).state;
    const line = narrate(state, next, input);
    if (line !== undefined) said.push(line);
    state = next;
  }
  return said;
}

const started = [
  { type: "no-checkpoint", because: "there is none yet" },
  { type: "task-started", pid: 7 },
] as const;
const takenBack = { type: "files-taken-back" } as const;
const term = { type: "signal", signal: "SIGTERM" } as const;
const failed = {
  type: "restore-failed",
  cause: "criu",
  consumed: false,
  resumed: false,
  error: new Error("x"),
} as const;

describe("what crik says of its decisions", () => {
  it("has a name for programs, whatever becomes of the sentence", () => {
    const names = (...inputs: readonly WrapperEvent[]): readonly string[] =>
      narrations(inputs).map(({ event }) => event);
    const found = { type: "checkpoint-found", number: 2, from: "pod-a", attempts: 2 } as const;
    const killed = { type: "task-exited", exit: { kind: "signaled", signal: "SIGKILL" } } as const;
    expect(names(...started, term, { type: "committed", number: 3 }, { type: "dump-succeeded" }, killed)).toEqual([
      "started-afresh",
      "checkpoint-begun",
      "checkpointed",
    ]);
    expect(names(found, failed, takenBack)).toEqual(["restore-begun", "restore-given-up"]);
    expect(names(found, { ...failed, cause: "claim-lost" }, takenBack)).toEqual(["restore-begun", "claim-lost"]);
  });

  it("is one line each, for a checkpoint", () => {
    const inputs = [
      ...started,
      term,
      { type: "frozen" },
      { type: "committed", number: 3 },
      { type: "dump-succeeded" },
    ] as const;
    expect(story([...inputs, { type: "task-exited", exit: { kind: "signaled", signal: "SIGKILL" } }])).toEqual([
      "the application is started afresh | there is none yet",
      "asked to stop: the application is being checkpointed | SIGTERM | as configured",
      "the application goes on where its checkpoint is restored | 3",
    ]);
  });

  it("names the node's state as the reason", () => {
    const policy = { checkpointOn: "node-shutting-down", nodeStateGraceMs: 0 } as const;
    expect(story([...started, term, { type: "node-state", state: "ready" }], policy).slice(1)).toEqual([
      "asked to stop: finding out whether the node is going away | SIGTERM",
      "the application is stopped and not checkpointed | SIGTERM | its node is not going away",
    ]);
    expect(story([...started, term, { type: "node-state", state: "shutting-down" }], policy).at(-1)).toBe(
      "asked to stop: the application is being checkpointed | SIGTERM | its node is shutting down",
    );
    const cordoned = { type: "node-state", state: "shutting-down", reason: "cordon (spec.unschedulable)" } as const;
    expect(story([...started, term, cordoned], policy).at(-1)).toMatch(
      /\| its node is shutting down: cordon \(spec\.unschedulable\)$/,
    );
    expect(story([...started, cordoned, term], policy).at(-1)).toBe(
      "asked to stop: the application is being checkpointed | SIGTERM | its node is shutting down: cordon (spec.unschedulable)",
    );
    const unavailable = { type: "node-state", state: "unavailable" } as const;
    const unanswered = { ...policy, nodeStateTimeoutMs: 5 };
    for (const answers of [[unavailable], []]) {
      expect(story([...started, term, ...answers, { type: "deadline", id: 1 }], unanswered).at(-1)).toMatch(
        /being checkpointed .* \| whether its node is going away cannot be found out$/,
      );
    }
    const refused = { ...unavailable, reason: "ECONNREFUSED" };
    expect(story([...started, term, refused], { ...policy, nodeStateTimeoutMs: 0 }).at(-1)).toMatch(
      /being checkpointed .* \| whether its node is going away cannot be found out: ECONNREFUSED$/,
    );
  });

  it("takes what a server answers for one short line, as it becomes a part of the checkpoint's record", () => {
    const policy = { checkpointOn: "node-shutting-down" } as const;
    const long = { type: "node-state", state: "shutting-down", reason: `a\n\u001b[31mb ${"x".repeat(5000)}` } as const;
    const said = story([...started, term, long], policy).at(-1) ?? "";
    expect(said).toMatch(/its node is shutting down: a \[31mb x+…$/);
    expect(said.length).toBeLessThan(600);
  });

  it("never calls a cold start a restore", () => {
    const said = story([{ type: "checkpoint-found", number: 2, from: "pod-a", attempts: 0 }, failed, takenBack], {
      ifRestoreFails: "start-fresh",
    });
    expect(said).toEqual([
      "restoring the application | 2 | pod-a",
      "the application is started afresh: its checkpoint could not be restored | 2 | 1",
    ]);
  });

  it("says of each restore that failed in this container which attempt it was, and what is done about it", () => {
    const failed = {
      type: "restore-failed",
      cause: "environment",
      consumed: false,
      resumed: false,
      error: new Error("no space"),
    } as const;
    const after = (attempts: number, policy: Partial<WrapperPolicy> = {}): string | undefined =>
      story([{ type: "checkpoint-found", number: 2, from: "pod-a", attempts }, failed, takenBack], policy).at(-1);
    expect(after(0)).toBe(
      "the checkpoint is left as it is, and is tried again by the next container: attempt 1 of 3 | 2",
    );
    expect(after(2)).toBe("an older checkpoint is looked for: this one could not be restored | 2");
    expect(after(2, { ifRestoreFails: "start-fresh" })).toBe(
      "the application is started afresh: its checkpoint could not be restored | 2 | 3",
    );
    expect(after(7, { ifRestoreFails: "fail" })).toBe(
      "the checkpoint is left as it is, and is tried again by the next container: attempt 8, and it is never given up | 2",
    );
  });

  it("says why it starts afresh without having tried a restore", () => {
    const unreadable = { type: "checkpoint-unreadable", number: 2, attempts: 3, error: new Error("EIO") } as const;
    expect(story([unreadable])).toEqual([
      "the application is started afresh | the checkpoint could not be read 3 times | 2",
    ]);
    expect(story([{ ...unreadable, attempts: 1 }])).toEqual([
      "the checkpoint is left as it is, and is tried again by the next container: attempt 1 of 3 | 2",
    ]);
    expect(story([{ type: "checkpoint-held", by: "web-1-0badcafe" }], { ifClaimed: "start-fresh" })).toEqual([
      "the application is started afresh | another container has the checkpoint: web-1-0badcafe",
    ]);
  });

  it("warns of a state that is left behind, and of a stop without the checkpoint that was wanted", () => {
    const level = (inputs: readonly WrapperEvent[], policy?: Partial<WrapperPolicy>) =>
      narrations(inputs, policy).at(-1)?.level;
    expect(level(started.slice(0, 1))).toBe("info");
    expect(level([{ type: "checkpoint-held", by: "web-1" }], { ifClaimed: "start-fresh" })).toBe("warn");
    const unreadable = { type: "checkpoint-unreadable", number: 2, attempts: 3, error: new Error("EIO") } as const;
    expect(level([unreadable])).toBe("warn");

    expect(level([...started, term], { checkpointOn: "never" })).toBe("info");
    const asking = { checkpointOn: "node-shutting-down", nodeStateGraceMs: 0, nodeStateTimeoutMs: 0 } as const;
    expect(level([...started, term, { type: "node-state", state: "ready" }], asking)).toBe("info");
    const unavailable = { type: "node-state", state: "unavailable" } as const;
    expect(level([...started, term, unavailable], { ...asking, ifNodeStateUnavailable: "stop" })).toBe("warn");
    expect(level([...started, term], { capable: false })).toBe("warn");
    expect(level([...started, { type: "fault", error: new Error("x") }])).toBe("warn");
    const failed = { type: "dump-failed", committed: undefined, task: "running", error: new Error("x") } as const;
    expect(level([...started, term, failed])).toBe("warn");
  });

  it("says of a time that was too short how much had gone by, and what to make longer", () => {
    const said = narrations([...started, term], { gracePeriodMs: 0 }).at(-1);
    expect(said).toEqual({
      event: "stopped-without-checkpoint",
      level: "warn",
      message: "the application is stopped and not checkpointed",
      fields: {
        signal: "SIGTERM",
        because: "the grace period was too short for the checkpoint",
        afterMs: 0,
        remedy: "a longer gracePeriod and terminationGracePeriodSeconds, or a shorter stopReserve",
      },
    });
  });

  it("does not call a look for an older checkpoint a start", () => {
    const failed = { type: "restore-failed", cause: "criu", consumed: false, resumed: false, error: new Error("x") };
    const found = { type: "checkpoint-found", number: 2, from: "pod-a", attempts: 0 } as const;
    expect(story([found, { ...failed, type: "restore-failed", cause: "criu" }, takenBack]).at(-1)).toBe(
      "an older checkpoint is looked for: this one could not be restored | 2",
    );
    expect(story([found, { ...failed, type: "restore-failed", cause: "claim-lost" }, takenBack]).at(-1)).toBe(
      "the checkpoint is looked for again: another container has taken it over | 2",
    );
  });

  it("says what the application ended with", () => {
    expect(story([...started, { type: "task-exited", exit: { kind: "exited", code: 4 } }]).at(-1)).toBe(
      "the application has ended | 4",
    );
  });
});
