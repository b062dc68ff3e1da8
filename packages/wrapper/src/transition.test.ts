import { describe, expect, test } from "vitest";
import {
  type CheckpointingState,
  type DecidingState,
  defaultPolicy,
  type ExitedState,
  type Memory,
  type RestoreFailure,
  type RestoringState,
  type RunningState,
  type StartingState,
  type StoppingState,
  type StopRequest,
  type TakingBackState,
  type WrapperAction,
  type WrapperEvent,
  type WrapperOutcome,
  type WrapperPolicy,
  type WrapperState,
} from "./state.ts";
import { initialTransition, transition } from "./transition.ts";

/** Stop requests come at 1000; with a grace period of 30 s commits begin until 26000, and SIGKILL is at 30000. */
const policy: WrapperPolicy = {
  ...defaultPolicy,
  gracePeriodMs: 30_000,
  stopReserveMs: 5_000,
  killReserveMs: 1_000,
  nodeStateTimeoutMs: 3_000,
  nodeStateGraceMs: 1_000,
};
const ask: WrapperPolicy = { ...policy, checkpointOn: "node-shutting-down" };

const error = new Error("it failed");
const stop: StopRequest = { signal: "SIGTERM", at: 1_000, fault: undefined };
const faultStop: StopRequest = { signal: "SIGTERM", at: 1_000, fault: error };
const none: Memory = { stop: undefined, signals: [], nodeState: undefined, deadline: 0 };
const asked = { ...none, stop, signals: ["SIGTERM"] } as const;

const looking: StartingState = { ...none, name: "starting", phase: "looking", olderThan: undefined };
const launching: StartingState = { ...none, name: "starting", phase: "launching", olderThan: undefined };
const preparing: RestoringState = {
  ...none,
  name: "restoring",
  phase: "preparing",
  number: 7,
  attempt: 1,
  from: "pod-a",
  taskExit: undefined,
};
const refused: RestoringState = { ...preparing, ...asked, phase: "refused" };
const allowed: RestoringState = { ...preparing, phase: "allowed" };
const takingBack: TakingBackState = {
  ...none,
  name: "taking-back",
  restore: { number: 7, attempt: 1, cause: "criu", error },
  cancelled: false,
};
const running: RunningState = { ...none, name: "running", pid: 42 };
const deciding: DecidingState = {
  ...asked,
  name: "deciding",
  deadline: 1,
  pid: 42,
  since: 1_000,
  answer: undefined,
  deadlineAt: 4_000,
};
const dumping: CheckpointingState = {
  ...asked,
  name: "checkpointing",
  phase: "dumping",
  deadline: 1,
  pid: 42,
  cancelled: false,
  number: undefined,
  taskExit: undefined,
};
const committing: CheckpointingState = { ...dumping, phase: "committing" };
const dumpRefused: CheckpointingState = { ...dumping, phase: "refused" };
const cancelled: CheckpointingState = { ...dumpRefused, cancelled: true, deadline: 2 };
const committed: CheckpointingState = { ...dumping, phase: "committed", number: 8 };
const killing: CheckpointingState = { ...committed, phase: "ending" };
const gone: CheckpointingState = { ...dumping, phase: "ending", deadline: 2 };
const stopping: StoppingState = {
  ...none,
  name: "stopping",
  stop,
  deadline: 1,
  pid: 42,
  because: "policy",
  killed: false,
};
const exited: ExitedState = { name: "exited", outcome: { kind: "checkpointed", number: 8 } };

const exit = { kind: "exited", code: 3 } as const;
const killedExit = { kind: "signaled", signal: "SIGKILL" } as const;
const term: WrapperEvent = { type: "signal", signal: "SIGTERM" };
const hup: WrapperEvent = { type: "signal", signal: "SIGHUP" };
const taskExited: WrapperEvent = { type: "task-exited", exit };
const criuFailed = { type: "restore-failed", cause: "criu", consumed: false, resumed: false, error } as const;
const dumpFailed = { type: "dump-failed", committed: undefined, task: "running", error } as const;

const forward = (signal: NodeJS.Signals): WrapperAction => ({ do: "forward-signal", pid: 42, signal });
const kill: WrapperAction = { do: "kill-task", pid: 42 };
const deadline = (id: number, inMs: number): WrapperAction => ({ do: "set-deadline", id, inMs });
const dump: WrapperAction = { do: "dump", pid: 42 };
const release: WrapperAction = { do: "release", number: 7 };
const takeBack: WrapperAction = { do: "take-back-files", number: 7 };
const look = (olderThan: number | undefined): WrapperAction => ({ do: "look-for-checkpoint", olderThan });
const start: WrapperAction = { do: "start-task" };
const cancelDump: WrapperAction = { do: "cancel-dump" };
const refuseDump = { do: "refuse", hook: "frozen", because: expect.any(String) };
const refuseRestore = { do: "refuse", hook: "before-resume", because: expect.any(String) };
const quarantine = (cause: RestoreFailure): WrapperAction => ({
  do: "quarantine",
  number: 7,
  cause,
  error,
});

interface Row {
  readonly title: string;
  readonly from: WrapperState;
  readonly input: WrapperEvent;
  /** @defaultValue 2000: one second after the stop request */
  readonly at?: number;
  readonly policy?: WrapperPolicy;
  /** The next state where it differs from `from`; a name makes it another state. */
  readonly state: object;
  readonly actions: readonly unknown[];
}

function check(rows: readonly Row[]): void {
  test.each(rows)("$title", (row) => {
    const next = transition(row.from, { ...row.input, at: row.at ?? 2_000 }, row.policy ?? policy);
    expect(next.actions).toEqual(row.actions);
    if ("name" in row.state) expect(next.state).toMatchObject(row.state);
    else expect(next.state).toEqual({ ...row.from, ...row.state });
  });
}

const ended = (outcome: WrapperOutcome): object => ({ name: "exited", outcome });
const unstarted = ended({ kind: "stopped-before-start", signal: "SIGTERM" });
const faulty = ended({ kind: "failed", because: "fault", error });
const checkpointed = ended({ kind: "checkpointed", number: 8 });

test("a wrapper begins by looking for a checkpoint", () => {
  expect(initialTransition).toEqual({ state: looking, actions: [look(undefined)] });
});

describe("starting: looking for a checkpoint", () => {
  const noCheckpoint: WrapperEvent = { type: "no-checkpoint", because: "the directory is empty" };
  const held: WrapperEvent = { type: "checkpoint-held", by: "pod-b" };
  const searchFailed: WrapperEvent = { type: "search-failed", error };

  const found: WrapperEvent = { type: "checkpoint-found", number: 7, from: "pod-a", attempts: 0 };
  const unreadable = (attempts: number): WrapperEvent => ({
    type: "checkpoint-unreadable",
    number: 7,
    attempts,
    error,
  });
  const stopped = { ...looking, ...asked };
  check([
    {
      title: "a checkpoint is restored",
      from: looking,
      input: found,
      state: preparing,
      actions: [{ do: "restore", number: 7 }],
    },
    {
      title: "without a checkpoint the command is started",
      from: looking,
      input: noCheckpoint,
      state: launching,
      actions: [start],
    },
    {
      title: "a held checkpoint is waited for",
      from: { ...looking, olderThan: 9 },
      input: held,
      state: {},
      actions: [look(9)],
    },
    {
      title: "a held checkpoint may be passed over",
      from: looking,
      input: held,
      policy: { ...policy, ifClaimed: "start-fresh" },
      state: launching,
      actions: [start],
    },
    {
      title: "a held checkpoint may be a failure",
      from: looking,
      input: held,
      policy: { ...policy, ifClaimed: "fail" },
      state: ended({ kind: "failed", because: "checkpoint-held", error: undefined }),
      actions: [],
    },
    {
      title: "the attempts of those before are counted on",
      from: looking,
      input: { type: "checkpoint-found", number: 7, from: "pod-a", attempts: 2 },
      state: { ...preparing, attempt: 3 },
      actions: [{ do: "restore", number: 7 }],
    },
    ...(["previous", "start-fresh", "fail"] as const).map((ifRestoreFails) => ({
      title: `a search that fails starts nothing: nobody knows what is there (${ifRestoreFails})`,
      from: looking,
      input: searchFailed,
      policy: { ...policy, ifRestoreFails },
      state: ended({ kind: "failed", because: "search-failed", error }),
      actions: [],
    })),
    {
      title: "a checkpoint that cannot be read is left for the next container",
      from: looking,
      input: unreadable(2),
      state: ended({ kind: "restore-postponed", number: 7, attempt: 2, of: 3, error }),
      actions: [],
    },
    {
      title: "a checkpoint that cannot be read by so many containers is given up",
      from: looking,
      input: unreadable(3),
      state: launching,
      actions: [start],
    },
    {
      title: "a checkpoint that cannot be read is never given up where the policy is to fail",
      from: looking,
      input: unreadable(3),
      policy: { ...policy, ifRestoreFails: "fail" },
      state: ended({ kind: "restore-postponed", number: 7, attempt: 3, of: undefined, error }),
      actions: [],
    },
    {
      title: "a checkpoint that cannot be read after a stop was asked is nobody's question",
      from: stopped,
      input: unreadable(3),
      state: unstarted,
      actions: [],
    },
    {
      title: "SIGTERM cuts the search short",
      from: looking,
      input: term,
      at: 1_000,
      state: { ...asked, deadline: 1 },
      actions: [{ do: "cancel-search" }, deadline(1, 29_000)],
    },
    { title: "a second SIGTERM changes nothing", from: stopped, input: term, state: {}, actions: [] },
    { title: "SIGHUP is remembered", from: looking, input: hup, state: { signals: ["SIGHUP"] }, actions: [] },
    {
      title: "a remembered signal is remembered once",
      from: { ...looking, signals: ["SIGHUP", "SIGUSR1"] },
      input: hup,
      state: {},
      actions: [],
    },
    {
      title: "a stop asked before: the checkpoint found is released",
      from: stopped,
      input: found,
      state: unstarted,
      actions: [release],
    },
    {
      title: "a stop asked before: nothing is started",
      from: stopped,
      input: noCheckpoint,
      state: unstarted,
      actions: [],
    },
    {
      title: "a stop asked before: a held checkpoint is not waited for",
      from: stopped,
      input: held,
      state: unstarted,
      actions: [],
    },
    {
      title: "a stop asked before: a failed search starts nothing",
      from: stopped,
      input: searchFailed,
      state: unstarted,
      actions: [],
    },
    {
      title: "a fault cuts the search short",
      from: looking,
      input: { type: "fault", error },
      at: 1_000,
      state: { stop: faultStop, signals: ["SIGTERM"], deadline: 1 },
      actions: [{ do: "cancel-search" }, deadline(1, 29_000)],
    },
    {
      title: "after a fault the checkpoint found is released, and the outcome is the fault",
      from: { ...looking, stop: faultStop },
      input: found,
      state: faulty,
      actions: [release],
    },
    {
      title: "a node state is remembered",
      from: looking,
      input: { type: "node-state", state: "shutting-down" },
      state: { nodeState: "shutting-down" },
      actions: [],
    },
    {
      title: "a search that does not answer is not waited for for ever",
      from: { ...stopped, deadline: 1 },
      input: { type: "deadline", id: 1 },
      state: unstarted,
      actions: [],
    },
    { title: "a stale deadline is ignored", from: stopped, input: { type: "deadline", id: 7 }, state: {}, actions: [] },
    { title: "no deadline without a stop", from: looking, input: { type: "deadline", id: 0 }, state: {}, actions: [] },
    { title: "there is no task that could exit", from: looking, input: taskExited, state: {}, actions: [] },
  ]);
});

describe("starting: the command is being executed", () => {
  const started: WrapperEvent = { type: "task-started", pid: 42 };
  check([
    { title: "a started task runs", from: launching, input: started, state: running, actions: [] },
    {
      title: "a started task gets what was kept back, in order",
      from: { ...launching, signals: ["SIGHUP", "SIGUSR1"] },
      input: started,
      state: running,
      actions: [forward("SIGHUP"), forward("SIGUSR1")],
    },
    {
      title: "SIGTERM is remembered",
      from: launching,
      input: term,
      at: 1_000,
      state: { ...asked, deadline: 1 },
      actions: [deadline(1, 29_000)],
    },
    {
      title: "a start that does not answer is not waited for for ever",
      from: { ...launching, ...asked, deadline: 1 },
      input: { type: "deadline", id: 1 },
      state: ended({ kind: "failed", because: "task-lost", error: undefined }),
      actions: [],
    },
    {
      title: "a start that does not answer after a fault ends with the fault",
      from: { ...launching, stop: faultStop, deadline: 1 },
      input: { type: "deadline", id: 1 },
      state: faulty,
      actions: [],
    },
    {
      title: "a task that was to stop before it started is stopped, not checkpointed",
      from: { ...launching, ...asked, signals: ["SIGHUP", "SIGTERM"] },
      input: started,
      state: { ...stopping, because: "stopped-while-starting", signals: [] },
      actions: [forward("SIGHUP"), forward("SIGTERM"), deadline(1, 28_000)],
    },
    {
      title: "after a fault a started task is stopped",
      from: { ...launching, stop: faultStop, signals: ["SIGTERM"] },
      input: started,
      state: { name: "stopping", because: "fault", stop: faultStop },
      actions: [forward("SIGTERM"), deadline(1, 28_000)],
    },
    {
      title: "a command that cannot be executed is the outcome",
      from: launching,
      input: { type: "start-failed", exitCode: 127, error },
      state: ended({ kind: "task-failed", exitCode: 127, error }),
      actions: [],
    },
    {
      title: "a task that exits at once ends the wrapper",
      from: launching,
      input: taskExited,
      state: ended({ kind: "task-exited", exit }),
      actions: [],
    },
  ]);
});

describe("restoring", () => {
  const beforeResume: WrapperEvent = { type: "before-resume", pid: 42 };
  const succeeded: WrapperEvent = { type: "restore-succeeded", pid: 42 };
  check([
    {
      title: "the hook is allowed and the checkpoint consumed",
      from: preparing,
      input: beforeResume,
      state: { phase: "allowed" },
      actions: [{ do: "consume-and-allow", number: 7 }],
    },
    {
      title: "a stop asked before the hook refuses it",
      from: { ...preparing, ...asked },
      input: beforeResume,
      state: { phase: "refused" },
      actions: [refuseRestore],
    },
    {
      title: "a refused hook stays refused",
      from: refused,
      input: beforeResume,
      state: {},
      actions: [refuseRestore],
    },
    {
      title: "a checkpoint is not consumed twice",
      from: allowed,
      input: beforeResume,
      state: {},
      actions: [],
    },
    { title: "a restored task runs", from: allowed, input: succeeded, state: running, actions: [] },
    {
      title: "a restored task gets what was kept back",
      from: { ...allowed, signals: ["SIGHUP"] },
      input: succeeded,
      state: running,
      actions: [forward("SIGHUP")],
    },
    {
      title: "SIGTERM before the hook cancels the restore",
      from: preparing,
      input: term,
      at: 1_000,
      state: { ...asked, deadline: 1 },
      actions: [{ do: "cancel-restore" }, deadline(1, 29_000)],
    },
    {
      title: "SIGTERM after the hook is one to a running task",
      from: allowed,
      input: term,
      at: 1_000,
      state: { ...asked, deadline: 1 },
      actions: [deadline(1, 29_000)],
    },
    {
      title: "a second SIGTERM changes nothing",
      from: { ...preparing, ...asked },
      input: term,
      state: {},
      actions: [],
    },
    {
      title: "a restore that does not answer was never allowed to run: the checkpoint is left",
      from: { ...refused, deadline: 1 },
      input: { type: "deadline", id: 1 },
      state: unstarted,
      actions: [release],
    },
    {
      title: "a restore that does not answer once allowed: lost",
      from: { ...allowed, ...asked, deadline: 1 },
      input: { type: "deadline", id: 1 },
      state: ended({ kind: "failed", because: "restore-lost", error: undefined }),
      actions: [],
    },
    {
      title: "a restore that does not answer, of a task that has exited",
      from: { ...allowed, ...asked, deadline: 1, taskExit: exit },
      input: { type: "deadline", id: 1 },
      state: ended({ kind: "task-exited", exit }),
      actions: [],
    },
    {
      title: "a stale deadline is ignored",
      from: refused,
      input: { type: "deadline", id: 7 },
      state: {},
      actions: [],
    },
    {
      title: "no deadline without a stop",
      from: allowed,
      input: { type: "deadline", id: 0 },
      state: {},
      actions: [],
    },
    {
      title: "a stop asked after the hook checkpoints the restored task; other signals reach it first",
      from: { ...allowed, stop, signals: ["SIGHUP", "SIGTERM"] },
      input: succeeded,
      state: { ...dumping, signals: ["SIGTERM"] },
      actions: [forward("SIGHUP"), deadline(1, 24_000), dump],
    },
    {
      title: "a plain stop asked after the hook delivers all signals in the order they came",
      from: { ...allowed, stop, signals: ["SIGTERM", "SIGHUP"] },
      input: succeeded,
      policy: { ...policy, checkpointOn: "never" },
      state: { ...stopping, signals: [] },
      actions: [forward("SIGTERM"), forward("SIGHUP"), deadline(1, 28_000)],
    },
    {
      title: "a stop asked after the hook asks for the node's state, for the whole time it may take from then",
      from: { ...allowed, ...asked },
      input: succeeded,
      at: 5_000,
      policy: ask,
      state: { ...deciding, since: 5_000, deadlineAt: 8_000 },
      actions: [{ do: "ask-node-state" }, deadline(1, 3_000)],
    },
    {
      title: "SIGHUP does not cancel a restore",
      from: preparing,
      input: hup,
      state: { signals: ["SIGHUP"] },
      actions: [],
    },
    {
      title: "a fault before the hook cancels the restore",
      from: preparing,
      input: { type: "fault", error },
      at: 1_000,
      state: { stop: faultStop, signals: ["SIGTERM"], deadline: 1 },
      actions: [{ do: "cancel-restore" }, deadline(1, 29_000)],
    },
    {
      title: "a task that exits before the restore's answer ends the wrapper with it",
      from: { ...allowed, taskExit: exit },
      input: succeeded,
      state: ended({ kind: "task-exited", exit }),
      actions: [],
    },
    {
      title: "an exit before the restore's answer is remembered",
      from: allowed,
      input: taskExited,
      state: { taskExit: exit },
      actions: [],
    },
    { title: "a tree that never ran has no exit", from: preparing, input: taskExited, state: {}, actions: [] },
    {
      title: "a task that runs without leave is killed, and its claim kept",
      from: preparing,
      input: succeeded,
      state: { name: "stopping", killed: true, because: "fault", stop: { fault: expect.any(Error) } },
      actions: [kill, deadline(1, 5_000)],
    },
    {
      title: "a task that runs in spite of a refusal is killed",
      from: refused,
      input: succeeded,
      state: { name: "stopping", killed: true, signals: [] },
      actions: [kill, deadline(1, 5_000)],
    },
  ]);
});

describe("restoring: one that has failed", () => {
  check([
    {
      title: "first of all its files are taken back, while the checkpoint is still claimed",
      from: { ...preparing, attempt: 2, signals: ["SIGHUP"] },
      input: criuFailed,
      state: { ...takingBack, restore: { ...takingBack.restore, attempt: 2 }, signals: ["SIGHUP"] },
      actions: [takeBack],
    },
    {
      title: "also when a stop was asked: they may lie on a volume",
      from: refused,
      input: { ...criuFailed, cause: "refused" },
      state: { ...takingBack, ...asked, restore: { ...takingBack.restore, cause: "refused" } },
      actions: [takeBack],
    },
    {
      title: "also when the claim is lost, and then nothing is given back",
      from: allowed,
      input: { ...criuFailed, cause: "claim-lost" },
      state: { ...takingBack, restore: { ...takingBack.restore, cause: "claim-lost" } },
      actions: [takeBack],
    },
    {
      title: "consumed, and nothing ran: given back first, or a death meanwhile would cost the state",
      from: allowed,
      input: { ...criuFailed, consumed: true },
      state: takingBack,
      actions: [{ do: "give-back", number: 7 }, takeBack],
    },
    {
      title: "the task may have run: lost, whatever the policy, and its files are its own",
      from: { ...allowed, ...asked },
      input: { ...criuFailed, consumed: true, resumed: true },
      policy: { ...policy, ifRestoreFails: "start-fresh" },
      state: ended({ kind: "failed", because: "restore-lost", error }),
      actions: [],
    },
  ]);
});

describe("taking back what a failed restore has put into the container", () => {
  const stopped: TakingBackState = { ...takingBack, ...asked, deadline: 1 };
  const givenUp: TakingBackState = { ...stopped, cancelled: true, deadline: 2 };
  check([
    {
      title: "SIGTERM does not cut it short: it has the time of a stop",
      from: takingBack,
      input: term,
      at: 1_000,
      state: { ...asked, deadline: 1 },
      actions: [deadline(1, 29_000)],
    },
    { title: "a second SIGTERM changes nothing", from: stopped, input: term, state: {}, actions: [] },
    { title: "SIGHUP is remembered", from: takingBack, input: hup, state: { signals: ["SIGHUP"] }, actions: [] },
    {
      title: "a fault gives it the time of a stop too",
      from: takingBack,
      input: { type: "fault", error },
      at: 1_000,
      state: { stop: faultStop, signals: ["SIGTERM"], deadline: 1 },
      actions: [deadline(1, 29_000)],
    },
    {
      title: "one that takes too long is told to end",
      from: stopped,
      input: { type: "deadline", id: 1 },
      state: givenUp,
      actions: [{ do: "cancel-take-back" }, deadline(2, 500)],
    },
    {
      title: "one that does not answer even then may still write: the claim ends with the container",
      from: givenUp,
      input: { type: "deadline", id: 2 },
      state: unstarted,
      actions: [],
    },
    { title: "a stale deadline is ignored", from: stopped, input: { type: "deadline", id: 7 }, state: {}, actions: [] },
    {
      title: "no deadline without a stop",
      from: takingBack,
      input: { type: "deadline", id: 0 },
      state: {},
      actions: [],
    },
    {
      title: "a hook that comes late is refused",
      from: takingBack,
      input: { type: "before-resume", pid: 42 },
      state: {},
      actions: [refuseRestore],
    },
  ]);
});

describe("what becomes of a failed restore when its files are taken back", () => {
  const failure = (cause: RestoreFailure): TakingBackState => ({
    ...takingBack,
    restore: { ...takingBack.restore, cause },
  });
  const tried = (attempt: number, state: TakingBackState): TakingBackState => ({
    ...state,
    restore: { ...state.restore, attempt },
  });
  const takenBack: WrapperEvent = { type: "files-taken-back" };
  const older = { name: "starting", phase: "looking", olderThan: 7 };
  const fail: WrapperPolicy = { ...policy, ifRestoreFails: "fail" };
  const fresh: WrapperPolicy = { ...policy, ifRestoreFails: "start-fresh" };
  const unable: WrapperPolicy = { ...policy, capable: false };
  const releaseFailed: WrapperAction = { do: "release", number: 7, failed: error };
  const postponed = (attempt: number, of: number | undefined): object =>
    ended({ kind: "restore-postponed", number: 7, attempt, of, error });
  const restoreFailed = ended({ kind: "failed", because: "restore-failed", error });
  check([
    ...(["criu", "digest", "put-back"] as const).map((cause) => ({
      title: `${cause}: quarantined, and an older generation is looked for`,
      from: failure(cause),
      input: takenBack,
      state: older,
      actions: [quarantine(cause), look(7)],
    })),
    {
      title: "criu, start fresh",
      from: failure("criu"),
      input: takenBack,
      policy: fresh,
      state: launching,
      actions: [quarantine("criu"), start],
    },
    {
      title: "criu, fail",
      from: failure("criu"),
      input: takenBack,
      policy: fail,
      state: restoreFailed,
      actions: [quarantine("criu")],
    },
    {
      title: "signals kept back survive a fresh start",
      from: { ...failure("criu"), signals: ["SIGHUP"] },
      input: takenBack,
      policy: fresh,
      state: { ...launching, signals: ["SIGHUP"] },
      actions: [quarantine("criu"), start],
    },
    ...(["environment", "refused"] as const).map((cause) => ({
      title: `${cause}: the checkpoint is blameless, and left for the next container`,
      from: failure(cause),
      input: takenBack,
      state: postponed(1, 3),
      actions: [releaseFailed],
    })),
    {
      title: "environment, for the last time: set apart, so that it does not come back when an older one was restored",
      from: tried(3, failure("environment")),
      input: takenBack,
      state: older,
      actions: [quarantine("environment"), look(7)],
    },
    {
      title: "environment, for the last time, start fresh",
      from: tried(3, failure("environment")),
      input: takenBack,
      policy: fresh,
      state: launching,
      actions: [releaseFailed, start],
    },
    {
      title: "environment, when only one attempt is wanted",
      from: failure("environment"),
      input: takenBack,
      policy: { ...fresh, restoreAttempts: 1 },
      state: launching,
      actions: [releaseFailed, start],
    },
    {
      title:
        "environment, in a container where no checkpoint may be made: restores are mostly possible there, and tried as often",
      from: failure("environment"),
      input: takenBack,
      policy: unable,
      state: postponed(1, 3),
      actions: [releaseFailed],
    },
    {
      title: "environment, there, for the last time: older ones would fail alike",
      from: tried(3, failure("environment")),
      input: takenBack,
      policy: unable,
      state: launching,
      actions: [releaseFailed, start],
    },
    {
      title: "criu, there: no fault of the checkpoint",
      from: failure("criu"),
      input: takenBack,
      policy: { ...unable, ifRestoreFails: "fail" },
      state: postponed(1, undefined),
      actions: [releaseFailed],
    },
    {
      title: "a digest is wrong in any container",
      from: failure("digest"),
      input: takenBack,
      policy: unable,
      state: older,
      actions: [quarantine("digest"), look(7)],
    },
    {
      title: "environment, fail: never given up",
      from: tried(8, failure("environment")),
      input: takenBack,
      policy: fail,
      state: postponed(8, undefined),
      actions: [releaseFailed],
    },
    {
      title: "claim lost: nothing of ours is left to rename; the other one is waited for",
      from: failure("claim-lost"),
      input: takenBack,
      state: { name: "starting", phase: "looking", olderThan: undefined },
      actions: [look(undefined)],
    },
    {
      title: "claim lost, start fresh",
      from: failure("claim-lost"),
      input: takenBack,
      policy: { ...policy, ifClaimed: "start-fresh" },
      state: launching,
      actions: [start],
    },
    {
      title: "claim lost, fail",
      from: failure("claim-lost"),
      input: takenBack,
      policy: { ...policy, ifClaimed: "fail" },
      state: ended({ kind: "failed", because: "checkpoint-held", error }),
      actions: [],
    },
    {
      title: "refused because a stop was asked: the checkpoint is left for the next container",
      from: { ...failure("refused"), ...asked },
      input: takenBack,
      state: unstarted,
      actions: [release],
    },
    {
      title: "criu after a stop was asked: our own cancelling may have done it",
      from: { ...failure("criu"), ...asked },
      input: takenBack,
      state: unstarted,
      actions: [release],
    },
    {
      title: "digest after a stop was asked: bad is bad",
      from: { ...failure("digest"), ...asked },
      input: takenBack,
      state: unstarted,
      actions: [quarantine("digest")],
    },
    {
      title: "claim lost after a stop was asked",
      from: { ...failure("claim-lost"), ...asked },
      input: takenBack,
      state: unstarted,
      actions: [],
    },
    {
      title: "after a fault",
      from: { ...failure("refused"), stop: faultStop, signals: ["SIGTERM"] },
      input: takenBack,
      state: faulty,
      actions: [release],
    },
  ]);
});

describe("what becomes of a failed restore when its files are left", () => {
  const left = new Error("a file that was there is not kept");
  const notTakenBack: WrapperEvent = { type: "take-back-failed", error: left };
  const failure = (cause: RestoreFailure, attempt = 1): TakingBackState => ({
    ...takingBack,
    restore: { ...takingBack.restore, cause, attempt },
  });
  const filesLeft = ended({ kind: "failed", because: "files-left", error: left });
  const fresh: WrapperPolicy = { ...policy, ifRestoreFails: "start-fresh" };
  check([
    {
      title: "nothing is started beside them: the next container starts afresh",
      from: failure("criu"),
      input: notTakenBack,
      policy: fresh,
      state: filesLeft,
      actions: [quarantine("criu")],
    },
    {
      title: "no older generation is restored beside them: the next container does",
      from: failure("digest"),
      input: notTakenBack,
      state: filesLeft,
      actions: [quarantine("digest")],
    },
    {
      title: "environment: the next container tries it again, in any case",
      from: failure("environment"),
      input: notTakenBack,
      policy: fresh,
      state: ended({ kind: "restore-postponed", number: 7, attempt: 1, of: 3, error }),
      actions: [{ do: "release", number: 7, failed: error }],
    },
    {
      title: "environment, for the last time: set apart, or every container after this one would try it once more",
      from: failure("environment", 3),
      input: notTakenBack,
      policy: fresh,
      state: filesLeft,
      actions: [quarantine("environment")],
    },
    {
      title: "claim lost: the other container is not waited for in here",
      from: failure("claim-lost"),
      input: notTakenBack,
      state: filesLeft,
      actions: [],
    },
    {
      title: "fail: what failed is the restore",
      from: failure("criu"),
      input: notTakenBack,
      policy: { ...policy, ifRestoreFails: "fail" },
      state: ended({ kind: "failed", because: "restore-failed", error }),
      actions: [quarantine("criu")],
    },
    {
      title: "a stop was asked: nothing is started anyway",
      from: { ...failure("refused"), ...asked },
      input: notTakenBack,
      state: unstarted,
      actions: [release],
    },
  ]);
});

describe("running", () => {
  check([
    {
      title: "SIGTERM checkpoints",
      from: running,
      input: term,
      at: 1_000,
      state: dumping,
      actions: [deadline(1, 25_000), dump],
    },
    {
      title: "SIGTERM asks for the node's state",
      from: running,
      input: term,
      at: 1_000,
      policy: ask,
      state: deciding,
      actions: [{ do: "ask-node-state" }, deadline(1, 3_000)],
    },
    {
      title: "SIGTERM checkpoints at once when the node is known to shut down",
      from: { ...running, nodeState: "shutting-down" },
      input: term,
      at: 1_000,
      policy: ask,
      state: { ...dumping, nodeState: "shutting-down" },
      actions: [deadline(1, 25_000), dump],
    },
    {
      title: "SIGTERM asks although the node was ready a while ago",
      from: { ...running, nodeState: "ready" },
      input: term,
      at: 1_000,
      policy: ask,
      state: { name: "deciding", answer: undefined },
      actions: [{ do: "ask-node-state" }, deadline(1, 3_000)],
    },
    {
      title: "SIGTERM is a plain stop when checkpoints are switched off",
      from: running,
      input: term,
      at: 1_000,
      policy: { ...policy, checkpointOn: "never" },
      state: stopping,
      actions: [forward("SIGTERM"), deadline(1, 29_000)],
    },
    {
      title: "SIGTERM is a plain stop when a checkpoint could not be restored",
      from: { ...running, nodeState: "shutting-down" },
      input: term,
      at: 1_000,
      policy: { ...ask, capable: false },
      state: { ...stopping, because: "not-capable", nodeState: "shutting-down" },
      actions: [forward("SIGTERM"), deadline(1, 29_000)],
    },
    {
      title: "SIGTERM is a plain stop when the grace period is all reserve",
      from: running,
      input: term,
      at: 1_000,
      policy: { ...policy, gracePeriodMs: 5_000 },
      state: { name: "stopping", because: "out-of-time" },
      actions: [forward("SIGTERM"), deadline(1, 4_000)],
    },
    {
      title: "a grace period shorter than its reserves still leaves the task a moment",
      from: running,
      input: term,
      at: 1_000,
      policy: { ...policy, gracePeriodMs: 0 },
      state: { name: "stopping", because: "out-of-time" },
      actions: [forward("SIGTERM"), deadline(1, 500)],
    },
    {
      title: "another signal may be the one that checkpoints",
      from: running,
      input: hup,
      at: 1_000,
      policy: { ...policy, checkpointSignals: ["SIGHUP"] },
      state: { name: "checkpointing", stop: { ...stop, signal: "SIGHUP" }, signals: ["SIGHUP"] },
      actions: [deadline(1, 25_000), dump],
    },
    {
      title: "SIGTERM is only forwarded when it is not one of those",
      from: running,
      input: term,
      policy: { ...policy, checkpointSignals: ["SIGHUP"] },
      state: {},
      actions: [forward("SIGTERM")],
    },
    { title: "every other signal is forwarded", from: running, input: hup, state: {}, actions: [forward("SIGHUP")] },
    {
      title: "a node that recovers is ready again",
      from: { ...running, nodeState: "shutting-down" },
      input: { type: "node-state", state: "ready" },
      state: { nodeState: "ready" },
      actions: [],
    },
    {
      title: "a task that exits by itself ends the wrapper",
      from: running,
      input: taskExited,
      state: ended({ kind: "task-exited", exit }),
      actions: [],
    },
    {
      title: "a fault stops the task properly",
      from: running,
      input: { type: "fault", error },
      at: 1_000,
      state: { ...stopping, because: "fault", stop: faultStop },
      actions: [forward("SIGTERM"), deadline(1, 29_000)],
    },
    {
      title: "a hook that nobody expects is refused",
      from: running,
      input: { type: "frozen" },
      state: {},
      actions: [refuseDump],
    },
    {
      title: "a restore's hook that nobody expects is refused",
      from: running,
      input: { type: "before-resume", pid: 42 },
      state: {},
      actions: [refuseRestore],
    },
    { title: "a deadline means nothing", from: running, input: { type: "deadline", id: 0 }, state: {}, actions: [] },
  ]);
});

describe("deciding", () => {
  const says = (state: "ready" | "shutting-down" | "unknown" | "unavailable"): WrapperEvent => ({
    type: "node-state",
    state,
  });
  const due: WrapperEvent = { type: "deadline", id: 1 };
  const orStop: WrapperPolicy = { ...ask, ifNodeStateUnavailable: "stop" };
  const notShuttingDown = { name: "stopping", because: "node-not-shutting-down" };
  check([
    {
      title: "a node that shuts down: checkpoint",
      from: deciding,
      input: says("shutting-down"),
      policy: ask,
      state: { ...dumping, deadline: 2, nodeState: "shutting-down" },
      actions: [deadline(2, 24_000), dump],
    },
    {
      title: "ready is not believed at once",
      from: deciding,
      input: says("ready"),
      at: 1_200,
      policy: ask,
      state: { answer: "ready", deadline: 2, deadlineAt: 2_000 },
      actions: [deadline(2, 800)],
    },
    {
      title: "ready again changes nothing",
      from: { ...deciding, answer: "ready", deadline: 2, deadlineAt: 2_000 },
      input: says("ready"),
      at: 1_500,
      policy: ask,
      state: {},
      actions: [],
    },
    {
      title: "ready after its grace: stop",
      from: deciding,
      input: says("ready"),
      at: 2_000,
      policy: ask,
      state: notShuttingDown,
      actions: [forward("SIGTERM"), deadline(2, 28_000)],
    },
    {
      title: "ready at the deadline: stop",
      from: { ...deciding, answer: "ready" },
      input: due,
      policy: ask,
      state: notShuttingDown,
      actions: [forward("SIGTERM"), deadline(2, 28_000)],
    },
    {
      title: "shutting down a moment after ready: checkpoint",
      from: { ...deciding, answer: "ready", deadline: 2, deadlineAt: 2_000 },
      input: says("shutting-down"),
      at: 1_999,
      policy: ask,
      state: { name: "checkpointing" },
      actions: [deadline(3, 24_001), dump],
    },
    {
      title: "an answer lost again gets the longer time",
      from: { ...deciding, answer: "ready", deadline: 2, deadlineAt: 2_000 },
      input: says("unavailable"),
      at: 1_500,
      policy: ask,
      state: { answer: "unavailable", deadline: 3, deadlineAt: 4_000 },
      actions: [deadline(3, 2_500)],
    },
    {
      title: "a stale deadline is ignored",
      from: { ...deciding, answer: "ready", deadline: 2, deadlineAt: 2_000 },
      input: due,
      at: 1_999,
      policy: ask,
      state: {},
      actions: [],
    },
    ...([undefined, "unknown", "unavailable"] as const).flatMap((answer) => [
      {
        title: `${answer ?? "no answer"} at the deadline: checkpoint`,
        from: { ...deciding, answer },
        input: due,
        at: 4_000,
        policy: ask,
        state: { name: "checkpointing" },
        actions: [deadline(2, 22_000), dump],
      },
      {
        title: `${answer ?? "no answer"} at the deadline: stop`,
        from: { ...deciding, answer },
        input: due,
        at: 4_000,
        policy: orStop,
        state: { name: "stopping", because: "node-state-unavailable" },
        actions: [forward("SIGTERM"), deadline(2, 26_000)],
      },
    ]),
    {
      title: "unknown is asked for again",
      from: deciding,
      input: says("unknown"),
      policy: ask,
      state: { answer: "unknown" },
      actions: [],
    },
    {
      title: "waiting never eats the dump's time",
      from: running,
      input: term,
      at: 1_000,
      policy: { ...ask, gracePeriodMs: 7_000 },
      state: { name: "deciding", deadlineAt: 3_000 },
      actions: [{ do: "ask-node-state" }, deadline(1, 2_000)],
    },
    {
      title: "a decision too late for a dump is a stop",
      from: deciding,
      input: says("shutting-down"),
      at: 26_000,
      policy: ask,
      state: { name: "stopping", because: "out-of-time" },
      actions: [forward("SIGTERM"), deadline(2, 4_000)],
    },
    { title: "a second SIGTERM changes nothing", from: deciding, input: term, policy: ask, state: {}, actions: [] },
    {
      title: "another signal that asks to stop is kept for when the task stops",
      from: deciding,
      input: { type: "signal", signal: "SIGINT" },
      policy: { ...ask, checkpointSignals: ["SIGTERM", "SIGINT"] },
      state: { signals: ["SIGTERM", "SIGINT"] },
      actions: [],
    },
    {
      title: "every other signal is forwarded",
      from: deciding,
      input: hup,
      policy: ask,
      state: {},
      actions: [forward("SIGHUP")],
    },
    {
      title: "a task that exits by itself ends the wrapper",
      from: deciding,
      input: taskExited,
      policy: ask,
      state: ended({ kind: "task-exited", exit }),
      actions: [],
    },
    {
      title: "a fault stops the task",
      from: deciding,
      input: { type: "fault", error },
      policy: ask,
      state: { name: "stopping", because: "fault", stop: faultStop },
      actions: [forward("SIGTERM"), deadline(2, 28_000)],
    },
  ]);
});

describe("checkpointing", () => {
  const frozen: WrapperEvent = { type: "frozen" };
  const due: WrapperEvent = { type: "deadline", id: 1 };
  const kept: WrapperEvent = { type: "committed", number: 8 };
  const commitFailed: WrapperEvent = { type: "commit-failed", error };
  const succeeded: WrapperEvent = { type: "dump-succeeded" };
  const afterFailure = { name: "stopping", because: "checkpoint-failed", stop, signals: [], killed: false };
  check([
    {
      title: "a frozen tree is committed",
      from: dumping,
      input: frozen,
      at: 25_999,
      state: { phase: "committing", deadline: 2 },
      actions: [deadline(2, 4_001), { do: "commit-and-allow" }],
    },
    {
      title: "a tree frozen too late is refused",
      from: dumping,
      input: frozen,
      at: 26_000,
      state: { phase: "refused" },
      actions: [refuseDump],
    },
    { title: "a commit is not begun twice", from: committing, input: frozen, state: {}, actions: [] },
    { title: "a committed checkpoint is not committed again", from: committed, input: frozen, state: {}, actions: [] },
    {
      title: "what was given up stays given up",
      from: dumpRefused,
      input: frozen,
      state: {},
      actions: [refuseDump],
    },
    { title: "no commit once the task is gone", from: gone, input: frozen, state: {}, actions: [refuseDump] },
    {
      title: "a commit makes the checkpoint the truth",
      from: committing,
      input: kept,
      state: { phase: "committed", number: 8 },
      actions: [],
    },
    {
      title: "a commit that came to its end in spite of cancelling is the truth too",
      from: dumpRefused,
      input: kept,
      state: { phase: "committed", number: 8 },
      actions: [],
    },
    {
      title: "a failed commit waits for CRIU to let the task go",
      from: committing,
      input: commitFailed,
      state: { phase: "refused" },
      actions: [],
    },
    { title: "what is committed does not fail", from: committed, input: commitFailed, state: {}, actions: [] },
    {
      title: "a dump that succeeds is the outcome",
      from: committed,
      input: succeeded,
      state: checkpointed,
      actions: [],
    },
    {
      title: "the task's exit may come before the dump's answer",
      from: committed,
      input: { type: "task-exited", exit: killedExit },
      state: { taskExit: killedExit },
      actions: [],
    },
    {
      title: "and then the dump's answer is the outcome",
      from: { ...committed, taskExit: killedExit },
      input: succeeded,
      state: checkpointed,
      actions: [],
    },
    {
      title: "success without a commit is a failure",
      from: dumping,
      input: succeeded,
      state: ended({ kind: "failed", because: "dump-without-commit", error: undefined }),
      actions: [],
    },
    {
      title: "a failed dump stops the task with the time that is left",
      from: { ...dumping, signals: ["SIGTERM", "SIGHUP"] },
      input: dumpFailed,
      at: 11_000,
      state: afterFailure,
      actions: [forward("SIGTERM"), forward("SIGHUP"), deadline(2, 19_000)],
    },
    {
      title: "a failed dump at the very end leaves the task a moment",
      from: dumpRefused,
      input: dumpFailed,
      at: 30_500,
      state: afterFailure,
      actions: [forward("SIGTERM"), deadline(2, 500)],
    },
    {
      title: "a failed dump whose task may be gone tries to stop it",
      from: dumping,
      input: { ...dumpFailed, task: "unknown" },
      state: afterFailure,
      actions: [forward("SIGTERM"), deadline(2, 28_000)],
    },
    {
      title: "a failed dump whose task is gone waits for its exit",
      from: dumping,
      input: { ...dumpFailed, task: "gone" },
      state: { phase: "ending", deadline: 2 },
      actions: [deadline(2, 5_000)],
    },
    {
      title: "an exit that comes is the outcome",
      from: gone,
      input: taskExited,
      state: ended({ kind: "task-exited", exit }),
      actions: [],
    },
    {
      title: "an exit that never comes is a failure",
      from: gone,
      input: { type: "deadline", id: 2 },
      state: ended({ kind: "failed", because: "task-lost", error: undefined }),
      actions: [],
    },
    { title: "a dump fails once", from: gone, input: dumpFailed, state: {}, actions: [] },
    {
      title: "CRIU fails after the commit: the task is killed",
      from: committed,
      input: { ...dumpFailed, committed: 8 },
      state: { phase: "ending", deadline: 2 },
      actions: [kill, deadline(2, 5_000)],
    },
    {
      title: "CRIU fails after the commit: what was told before counts",
      from: committed,
      input: { ...dumpFailed, task: "unknown" },
      state: { phase: "ending", deadline: 2 },
      actions: [kill, deadline(2, 5_000)],
    },
    {
      title: "CRIU fails after the commit: what is told now counts",
      from: committing,
      input: { ...dumpFailed, committed: 8 },
      state: { phase: "ending", number: 8, deadline: 2 },
      actions: [kill, deadline(2, 5_000)],
    },
    {
      title: "CRIU fails after the commit, the task is gone",
      from: committed,
      input: { ...dumpFailed, task: "gone" },
      state: checkpointed,
      actions: [],
    },
    {
      title: "CRIU fails after the commit, the task's exit was told",
      from: { ...committed, taskExit: killedExit },
      input: { ...dumpFailed, task: "unknown" },
      state: checkpointed,
      actions: [],
    },
    {
      title: "the killed task's exit makes the checkpoint the outcome",
      from: killing,
      input: { type: "task-exited", exit: killedExit },
      state: checkpointed,
      actions: [],
    },
    { title: "a task is killed once", from: killing, input: dumpFailed, state: {}, actions: [] },
    { title: "a late success ends the waiting", from: killing, input: succeeded, state: checkpointed, actions: [] },
    {
      title: "a killed task's exit that is never told: the checkpoint is there all the same",
      from: killing,
      input: due,
      state: checkpointed,
      actions: [],
    },
    {
      title: "a task that exits by itself before the hook leaves nothing to dump",
      from: dumping,
      input: taskExited,
      state: { phase: "refused", taskExit: exit, cancelled: true, deadline: 2 },
      actions: [cancelDump, deadline(2, 500)],
    },
    {
      title: "and ends the wrapper with its own exit",
      from: { ...dumpRefused, taskExit: exit },
      input: dumpFailed,
      state: ended({ kind: "task-exited", exit }),
      actions: [],
    },
    {
      title: "a task killed while the commit runs waits for the commit",
      from: committing,
      input: { type: "task-exited", exit: killedExit },
      state: { taskExit: killedExit },
      actions: [],
    },
    {
      title: "the reserve for the stop cancels a dump that has not come to its commit",
      from: dumping,
      input: due,
      at: 26_000,
      state: { phase: "refused", cancelled: true, deadline: 2 },
      actions: [cancelDump, deadline(2, 500)],
    },
    {
      title: "the last reserve cancels a commit, which may still come to its end",
      from: committing,
      input: due,
      state: { cancelled: true, deadline: 2 },
      actions: [cancelDump, deadline(2, 500)],
    },
    {
      title: "the last reserve cancels a refused dump that does not end",
      from: dumpRefused,
      input: due,
      state: { cancelled: true, deadline: 2 },
      actions: [cancelDump, deadline(2, 500)],
    },
    {
      title: "a dump cancelled in time leaves the task its whole stop",
      from: cancelled,
      input: { type: "deadline", id: 2 },
      at: 26_500,
      state: { ...afterFailure, because: "out-of-time" },
      actions: [forward("SIGTERM"), deadline(3, 3_500)],
    },
    {
      title: "a cancelled dump that does not answer is not waited for",
      from: cancelled,
      input: { type: "deadline", id: 2 },
      at: 30_500,
      state: { ...afterFailure, because: "out-of-time" },
      actions: [forward("SIGTERM"), deadline(3, 500)],
    },
    {
      title: "a cancelled dump that does not answer, of a task that has exited",
      from: { ...cancelled, taskExit: exit },
      input: { type: "deadline", id: 2 },
      state: ended({ kind: "task-exited", exit }),
      actions: [],
    },
    {
      title: "a cancelled commit is waited for: nobody knows whether the task may go on",
      from: { ...committing, cancelled: true },
      input: due,
      state: {},
      actions: [],
    },
    {
      title: "a cancelled commit that comes to its end hurries CRIU",
      from: { ...committing, cancelled: true },
      input: kept,
      state: { phase: "committed", number: 8, deadline: 2 },
      actions: [deadline(2, 500)],
    },
    {
      title: "a cancelled commit that fails hurries CRIU",
      from: { ...committing, cancelled: true },
      input: commitFailed,
      state: { phase: "refused", deadline: 2 },
      actions: [deadline(2, 500)],
    },
    {
      title: "a dump is cancelled once",
      from: { ...committing, cancelled: true },
      input: { type: "fault", error },
      state: { stop: faultStop },
      actions: [],
    },
    {
      title: "what is committed and cancelled is ended by ourselves",
      from: { ...committed, cancelled: true },
      input: due,
      state: { phase: "ending", deadline: 2 },
      actions: [kill, deadline(2, 5_000)],
    },
    {
      title: "the last reserve ends what CRIU should have ended",
      from: committed,
      input: due,
      state: { phase: "ending", cancelled: true, deadline: 2 },
      actions: [cancelDump, kill, deadline(2, 5_000)],
    },
    {
      title: "the last reserve does not wait for CRIU when the task is gone",
      from: { ...committed, taskExit: killedExit },
      input: due,
      state: checkpointed,
      actions: [cancelDump],
    },
    {
      title: "a stale deadline is ignored",
      from: dumping,
      input: { type: "deadline", id: 0 },
      state: {},
      actions: [],
    },
    { title: "a second SIGTERM changes nothing", from: dumping, input: term, state: {}, actions: [] },
    {
      title: "every other signal is remembered",
      from: dumping,
      input: hup,
      state: { signals: ["SIGTERM", "SIGHUP"] },
      actions: [],
    },
    {
      title: "a fault gives the dump up",
      from: dumping,
      input: { type: "fault", error },
      state: { phase: "refused", stop: faultStop, cancelled: true, deadline: 2 },
      actions: [cancelDump, deadline(2, 500)],
    },
    {
      title: "a fault gives a commit up, which may still come to its end",
      from: committing,
      input: { type: "fault", error },
      state: { stop: faultStop, cancelled: true, deadline: 2 },
      actions: [cancelDump, deadline(2, 500)],
    },
    {
      title: "a fault leaves a committed checkpoint alone",
      from: committed,
      input: { type: "fault", error },
      state: { stop: faultStop },
      actions: [],
    },
    {
      title: "a committed checkpoint is the outcome in spite of a fault",
      from: { ...committed, stop: faultStop },
      input: succeeded,
      state: checkpointed,
      actions: [],
    },
    {
      title: "a dump given up for a fault stops the task",
      from: { ...dumpRefused, stop: faultStop },
      input: dumpFailed,
      state: { name: "stopping", because: "fault", stop: faultStop },
      actions: [forward("SIGTERM"), deadline(2, 28_000)],
    },
    {
      title: "what the node does changes nothing any more",
      from: dumping,
      input: { type: "node-state", state: "ready" },
      state: {},
      actions: [],
    },
  ]);
});

describe("stopping", () => {
  const due: WrapperEvent = { type: "deadline", id: 1 };
  check([
    { title: "every signal is forwarded", from: stopping, input: hup, state: {}, actions: [forward("SIGHUP")] },
    { title: "a second SIGTERM is forwarded", from: stopping, input: term, state: {}, actions: [forward("SIGTERM")] },
    {
      title: "the deadline kills",
      from: stopping,
      input: due,
      state: { killed: true, deadline: 2 },
      actions: [kill, deadline(2, 5_000)],
    },
    {
      title: "an exit that is never told is a failure",
      from: { ...stopping, killed: true },
      input: due,
      state: ended({ kind: "failed", because: "task-lost", error: undefined }),
      actions: [],
    },
    {
      title: "an exit that is never told after a fault ends with the fault",
      from: { ...stopping, stop: faultStop, killed: true },
      input: due,
      state: faulty,
      actions: [],
    },
    {
      title: "a stale deadline is ignored",
      from: stopping,
      input: { type: "deadline", id: 0 },
      state: {},
      actions: [],
    },
    {
      title: "the task's exit is the outcome",
      from: stopping,
      input: taskExited,
      state: ended({ kind: "task-exited", exit }),
      actions: [],
    },
    {
      title: "after a fault the fault is the outcome",
      from: { ...stopping, stop: faultStop },
      input: taskExited,
      state: faulty,
      actions: [],
    },
    {
      title: "a fault is remembered",
      from: stopping,
      input: { type: "fault", error },
      state: { stop: faultStop },
      actions: [],
    },
    {
      title: "the first fault is the outcome",
      from: { ...stopping, stop: faultStop },
      input: { type: "fault", error: new Error("another") },
      state: {},
      actions: [],
    },
    {
      title: "a late hook is refused",
      from: stopping,
      input: { type: "frozen" },
      state: {},
      actions: [refuseDump],
    },
  ]);
});

describe("exited", () => {
  check(
    [term, taskExited, { type: "frozen" } as const, { type: "deadline", id: 1 } as const, dumpFailed].map((input) => ({
      title: `${input.type} changes nothing`,
      from: exited,
      input,
      state: {},
      actions: [],
    })),
  );
});
