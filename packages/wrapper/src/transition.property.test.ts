import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { World } from "../test/world.ts";
import type {
  Memory,
  NodeStateAnswer,
  RestoreFailure,
  SignalName,
  StopReason,
  StopRequest,
  TaskExit,
  Transition,
  WrapperAction,
  WrapperEvent,
  WrapperOutcome,
  WrapperPolicy,
  WrapperState,
} from "./state.ts";
import { initialTransition, transition } from "./transition.ts";

const signal = fc.constantFrom<SignalName>("SIGTERM", "SIGHUP", "SIGINT", "SIGUSR1");
const signals = fc.uniqueArray(signal);
const nodeState = fc.constantFrom<NodeStateAnswer>("ready", "shutting-down", "unknown", "unavailable");
const error = fc.constantFrom(new Error("one"), new Error("another"));
const restoreFailure = fc.constantFrom<RestoreFailure>(
  "refused",
  "claim-lost",
  "criu",
  "digest",
  "put-back",
  "environment",
);
const ms = fc.integer({ min: 0, max: 60_000 });
const small = fc.integer({ min: 0, max: 5 });
const taskExit = fc.constantFrom<TaskExit>({ kind: "exited", code: 0 }, { kind: "signaled", signal: "SIGKILL" });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const rules = {
  checkpointOn: fc.constantFrom("always", "node-shutting-down", "never"),
  capable: fc.boolean(),
  checkpointSignals: fc.constantFrom<readonly SignalName[]>(["SIGTERM"], ["SIGTERM", "SIGINT"], ["SIGUSR1"], []),
  ifNodeStateUnavailable: fc.constantFrom("checkpoint", "stop"),
  ifRestoreFails: fc.constantFrom("previous", "start-fresh", "fail"),
  restoreAttempts: fc.integer({ min: 1, max: 3 }),
  ifClaimed: fc.constantFrom("wait", "start-fresh", "fail"),
  nodeStateTimeoutMs: ms,
  nodeStateGraceMs: ms,
  gracePeriodMs: ms,
  stopReserveMs: ms,
  killReserveMs: ms,
} satisfies { readonly [K in keyof WrapperPolicy]: fc.Arbitrary<WrapperPolicy[K]> };
const policy: fc.Arbitrary<WrapperPolicy> = fc.record(rules);
/** Most of what the machine does takes place only where there is time for a dump. */
const generous: fc.Arbitrary<WrapperPolicy> = fc.record({
  ...rules,
  checkpointOn: fc.constantFrom("always", "node-shutting-down"),
  capable: fc.constant(true),
  checkpointSignals: fc.constantFrom<readonly SignalName[]>(["SIGTERM"], ["SIGTERM", "SIGINT"]),
  nodeStateTimeoutMs: fc.constant(3_000),
  nodeStateGraceMs: fc.constant(1_000),
  gracePeriodMs: fc.constant(30_000),
  stopReserveMs: fc.constant(5_000),
  killReserveMs: fc.constant(1_000),
});
const run = fc.tuple(
  fc.oneof(policy, generous),
  fc.integer({ min: 0, max: 3 }),
  fc.array(fc.nat(1_000), { minLength: 10, maxLength: 120, size: "max" }),
);

const stop: fc.Arbitrary<StopRequest> = fc.record({ signal, at: ms, fault: maybe(error) });
const memory = { signals, nodeState: maybe(nodeState), deadline: small };
const calm = { ...memory, stop: fc.constant(undefined) };
const asked = { ...memory, stop };
const any: { readonly [K in keyof Memory]: fc.Arbitrary<Memory[K]> } = { ...memory, stop: maybe(stop) };
const named = <N extends string>(name: N): fc.Arbitrary<N> => fc.constant(name);

/** Any state that the types allow, reachable or not. */
const state: fc.Arbitrary<WrapperState> = fc.oneof(
  fc.record({
    ...any,
    name: named("starting"),
    phase: fc.constantFrom("looking", "launching"),
    olderThan: maybe(small),
  }),
  fc.record({
    ...any,
    name: named("restoring"),
    phase: fc.constantFrom("preparing", "refused", "allowed"),
    number: small,
    attempt: small,
    from: fc.constant("elsewhere"),
    taskExit: maybe(taskExit),
  }),
  fc.record({
    ...any,
    name: named("taking-back"),
    restore: fc.record({ number: small, attempt: small, cause: restoreFailure, error }),
    cancelled: fc.boolean(),
  }),
  fc.record({ ...calm, name: named("running"), pid: small }),
  fc.record({
    ...asked,
    name: named("deciding"),
    pid: small,
    since: ms,
    answer: maybe(nodeState),
    deadlineAt: ms,
  }),
  fc.record({
    ...asked,
    name: named("checkpointing"),
    phase: fc.constantFrom("dumping", "committing", "refused", "committed", "ending"),
    pid: small,
    cancelled: fc.boolean(),
    number: maybe(small),
    taskExit: maybe(taskExit),
  }),
  fc.record({
    ...asked,
    name: named("stopping"),
    pid: small,
    because: fc.constant<StopReason>("policy"),
    killed: fc.boolean(),
  }),
  fc.record({
    name: named("exited"),
    outcome: fc.constant<WrapperOutcome>({ kind: "checkpointed", number: 1 }),
  }),
);

const event: fc.Arbitrary<WrapperEvent> = fc.oneof(
  fc.record({ type: named("checkpoint-found"), number: small, from: fc.constant("elsewhere"), attempts: small }),
  fc.record({ type: named("checkpoint-unreadable"), number: small, attempts: small, error }),
  fc.record({ type: named("checkpoint-held"), by: fc.constant("another") }),
  fc.record({ type: named("no-checkpoint"), because: fc.constant("there is none") }),
  fc.record({ type: named("search-failed"), error }),
  fc.record({ type: named("task-started"), pid: small }),
  fc.record({ type: named("start-failed"), exitCode: fc.constantFrom<126 | 127>(126, 127), error }),
  fc.record({ type: named("before-resume"), pid: small }),
  fc.record({ type: named("restore-succeeded"), pid: small }),
  fc.record({
    type: named("restore-failed"),
    cause: restoreFailure,
    consumed: fc.boolean(),
    resumed: fc.boolean(),
    error,
  }),
  fc.record({ type: named("files-taken-back") }),
  fc.record({ type: named("take-back-failed"), error }),
  fc.record({ type: named("signal"), signal }),
  fc.record({ type: named("node-state"), state: nodeState }),
  fc.record({ type: named("frozen") }),
  fc.record({ type: named("committed"), number: small }),
  fc.record({ type: named("commit-failed"), error }),
  fc.record({ type: named("dump-succeeded") }),
  fc.record({
    type: named("dump-failed"),
    committed: maybe(small),
    task: fc.constantFrom<"running" | "gone" | "unknown">("running", "gone", "unknown"),
    error,
  }),
  fc.record({ type: named("task-exited"), exit: taskExit }),
  fc.record({ type: named("deadline"), id: small }),
  fc.record({ type: named("fault"), error }),
);

const does = (actions: readonly WrapperAction[], ...what: readonly WrapperAction["do"][]): number =>
  actions.filter((action) => what.includes(action.do)).length;

describe("any input in any state, reachable or not", () => {
  test("is answered, changes nothing it was given, and asks for nothing that contradicts itself", () => {
    fc.assert(
      fc.property(state, event, ms, policy, (from, what, at, chosen) => {
        const before = JSON.stringify(from);
        const next = transition(from, { ...what, at }, chosen);
        expect(JSON.stringify(from)).toBe(before);
        for (const action of next.actions) {
          if (action.do === "set-deadline") expect(action.inMs).toBeGreaterThanOrEqual(0);
        }
        expect(does(next.actions, "refuse", "commit-and-allow", "consume-and-allow")).toBeLessThanOrEqual(1);
        expect(does(next.actions, "set-deadline")).toBeLessThanOrEqual(1);
        if (from.name === "exited") expect(next).toEqual({ state: from, actions: [] });
        if (next.state.name === "exited") {
          expect(does(next.actions, "dump", "restore", "start-task", "set-deadline", "look-for-checkpoint")).toBe(0);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test("in any order: one dump, one commit and none after a refusal, one consume a restore, nothing once exited", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(event, ms), { minLength: 20, maxLength: 60 }), policy, (inputs, chosen) => {
        let current = initialTransition;
        let dumped = false;
        let answered = false;
        let consumable = false;
        for (const [what, at] of inputs) {
          const { name } = current.state;
          const goneAlready = current.state.name === "checkpointing" && current.state.taskExit !== undefined;
          current = transition(current.state, { ...what, at }, chosen);
          const { actions } = current;
          if (name === "exited") expect(actions).toEqual([]);
          if (goneAlready) expect(does(actions, "forward-signal", "kill-task")).toBe(0);
          for (const action of actions) {
            if (action.do === "dump") {
              expect(dumped).toBe(false);
              dumped = true;
            }
            if (action.do === "commit-and-allow") {
              expect(dumped && !answered).toBe(true);
              answered = true;
            }
            if (action.do === "refuse" && action.hook === "frozen" && dumped) answered = true;
            if (action.do === "restore") consumable = true;
            if (action.do === "consume-and-allow") {
              expect(consumable).toBe(true);
              consumable = false;
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Far more steps than any run needs: who is not done by then goes round in circles. */
const patience = 300;

/** In the end only what is under way is answered, well or badly; or nothing is, and there is only the clock. */
type Ending = "answered" | "starved";

function play(
  chosen: WrapperPolicy,
  generations: number,
  choices: readonly number[],
  ending: Ending = "answered",
): readonly string[] {
  let drawn = 0;
  const world = new World(generations, chosen, (count) => (choices[drawn++] ?? 0) % count);
  const trace: string[] = [];
  let current: Transition = initialTransition;
  const step = (what: WrapperEvent | undefined): void => {
    if (what === undefined) return;
    current = transition(current.state, { ...what, at: world.now }, chosen);
    trace.push(describeStep(what, current));
    checkBudget(current, world.now, chosen);
    world.carryOut(current.actions, current.state);
  };
  try {
    world.carryOut(current.actions, current.state);
    // First anything may happen; then somebody asks to stop.
    while (drawn < choices.length / 2 && current.state.name !== "exited") step(world.next(false));
    if (current.state.name !== "exited" && !world.told.stop) {
      const [asks] = chosen.checkpointSignals;
      const fault: WrapperEvent = { type: "fault", error: new Error("the end") };
      step(world.say(asks === undefined ? fault : { type: "signal", signal: asks }));
    }
    for (let left = patience; current.state.name !== "exited"; left -= 1) {
      if (left === 0) throw new Error("still not exited");
      step(ending === "answered" ? world.next(true) : world.starve());
    }
    return trace;
  } catch (cause) {
    throw new Error(`${String(cause)} after\n${trace.join("\n")}`, { cause });
  }
}

function checkBudget({ state: next, actions }: Transition, at: number, chosen: WrapperPolicy): void {
  if (next.name === "exited" || next.stop === undefined) return;
  const spent = at - next.stop.at;
  if (does(actions, "dump", "commit-and-allow") > 0 && spent >= chosen.gracePeriodMs - chosen.stopReserveMs) {
    throw new Error(`a dump or commit begins ${spent} ms after the stop request`);
  }
}

function describeStep(what: WrapperEvent, { state: next, actions }: Transition): string {
  const phase = "phase" in next ? `/${next.phase}` : "";
  return `${what.type} -> ${next.name}${phase} [${actions.map((action) => action.do).join(", ")}]`;
}

describe("in a world that answers, well or badly", () => {
  test("no harm is done, and a stop request comes to an end", () => {
    fc.assert(
      fc.property(run, (given) => void play(...given)),
      { numRuns: 5_000 },
    );
  });

  test("a stop request comes to an end even if nothing answers any more", () => {
    fc.assert(
      fc.property(run, (given) => void play(...given, "starved")),
      { numRuns: 2_000 },
    );
  });

  test("the model sees what it is there to see", () => {
    const seen = new Set<string>();
    for (const given of fc.sample(run, { numRuns: 3_000, seed: 1 })) {
      for (const line of play(...given)) {
        for (const word of line.matchAll(/[a-z]+(?:[-/][a-z]+)*/g)) seen.add(word[0]);
      }
    }
    const everything = [
      "starting/looking starting/launching restoring/preparing restoring/refused restoring/allowed taking-back running deciding",
      "checkpointing/dumping checkpointing/committing checkpointing/refused checkpointing/committed checkpointing/ending",
      "stopping exited look-for-checkpoint cancel-search start-task restore cancel-restore consume-and-allow refuse",
      "give-back take-back-files cancel-take-back release quarantine ask-node-state dump cancel-dump commit-and-allow forward-signal kill-task set-deadline",
    ];
    expect([...seen]).toEqual(expect.arrayContaining(everything.join(" ").split(" ")));
  });
});
