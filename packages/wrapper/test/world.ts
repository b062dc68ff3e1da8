import type {
  NodeStateAnswer,
  RestoreFailure,
  SignalName,
  TaskExit,
  WrapperAction,
  WrapperEvent,
  WrapperPolicy,
  WrapperState,
} from "../src/state.ts";

/** Chooses one of `count`; 0 is always the kindest choice, so that a failing run shrinks towards a world in which all goes well. */
export type Pick = (count: number) => number;

type Place = "complete" | "claimed" | "consumed" | "quarantined" | "foreign";

interface Restore {
  readonly number: number;
  step: "making" | "hook" | "consuming" | "consumed" | "resumed" | "refused";
  cancelled: boolean;
}

/** Files of a checkpoint in this container: from the beginning of its restore until they are taken back. */
type Files = "none" | "put back" | "being taken back" | "left";

interface Dump {
  step: "writing" | "hook" | "committing" | "allowed" | "killed" | "refused";
  cancelled: boolean;
  hung: boolean;
  committed: number | undefined;
}

type Choice = () => WrapperEvent | undefined;

const signals: readonly SignalName[] = ["SIGHUP", "SIGTERM", "SIGINT", "SIGUSR1"];
const killed: TaskExit = { kind: "signaled", signal: "SIGKILL" };

/**
 * A model of everything around the machine: the image directory, CRIU and its hooks, the task, the clock. It carries out actions, answers
 * them in time, late, badly or out of order, as the real ones may, and throws as soon as an action would do harm.
 */
export class World {
  now = 1_000;
  task: "none" | "running" | "frozen" | "ended" = "none";
  /** What the machine was told. */
  readonly told: { started: boolean; exit: TaskExit | undefined; stop: boolean } = {
    started: false,
    exit: undefined,
    stop: false,
  };
  readonly counts = { dumps: 0, commits: 0, dumpRefusals: 0, kills: 0 };
  /** Every task that ever ran, so that "nothing has run" can be checked. */
  ran = 0;
  dump: Dump | undefined;

  readonly #store: Map<number, Place>;
  /** How many containers have tried each in vain. */
  readonly #counted = new Map<number, number>();
  /** Those that this container had, and gave back whole. */
  readonly #givenBack = new Set<number>();
  #unsearched = false;
  readonly #policy: WrapperPolicy;
  readonly #pick: Pick;
  #search: { readonly olderThan: number | undefined } | undefined;
  #launching = false;
  #restore: Restore | undefined;
  #files: Files = "none";
  #takingBackCancelled = false;
  #pid = 100;
  #exit: TaskExit | undefined;
  #asking = false;
  #timer: { readonly id: number; readonly dueAt: number } | undefined;
  #staleTimers: number[] = [];
  #owed: SignalName[] = [];
  /** The last thing told was that time is up: then, and only then, may something be left behind that does not answer. */
  #timeIsUp = false;

  constructor(generations: number, policy: WrapperPolicy, pick: Pick) {
    this.#store = new Map(Array.from({ length: generations }, (_, index) => [index + 1, "complete"]));
    this.#policy = policy;
    this.#pick = pick;
    for (const number of this.#store.keys()) this.#counted.set(number, pick(3));
  }

  /** Something happens; `undefined` when the machine does not notice. With `calm`, nothing that was not asked for. */
  next(calm: boolean): WrapperEvent | undefined {
    const asked = this.#asked();
    if (!calm && (asked.length === 0 || this.#pick(4) === 3)) return this.#told(this.#choose(this.#surprises()));
    if (asked.length === 0) {
      if (this.#timer === undefined) throw new Error("the machine waits for something that will never come");
      return this.#told(this.#fire());
    }
    const answers = asked[this.#pick(asked.length)] ?? [];
    // The kindest answer is the likely one, or no run would get far.
    return this.#told(this.#pick(3) === 2 ? this.#choose(answers) : answers[0]?.());
  }

  #choose(choices: readonly Choice[]): WrapperEvent | undefined {
    return choices[this.#pick(choices.length)]?.();
  }

  /** Nothing answers any more but the clock, and storage, which settles some day. */
  starve(): WrapperEvent | undefined {
    if (this.dump?.step === "committing") return this.#told(this.#choose(this.#dumpAnswers(this.dump)));
    const event = this.#fire();
    assert(event, "the machine waits for something that may never come");
    return this.#told(event);
  }

  /** Something that the test makes happen. */
  say(event: WrapperEvent): WrapperEvent | undefined {
    return this.#told(event);
  }

  carryOut(actions: readonly WrapperAction[], state: WrapperState): void {
    const forwarded = actions.flatMap((action) => (action.do === "forward-signal" ? [action.signal] : []));
    assert(
      same(
        this.#owed.filter((signal) => forwarded.includes(signal)),
        forwarded,
      ),
      `owed ${this.#owed}, delivered ${forwarded}`,
    );
    this.#owed = this.#owed.filter((signal) => !forwarded.includes(signal));
    for (const action of actions) this.#carryOut(action);
    this.#asking = state.name === "deciding";
    this.#check(state);
  }

  #check(state: WrapperState): void {
    const { name } = state;
    if (name === "running" || name === "stopping") assert(this.#owed.length === 0, `${name} owes ${this.#owed}`);
    if (name === "deciding") {
      const lost = this.#owed.filter((signal) => !this.#policy.checkpointSignals.includes(signal));
      assert(lost.length === 0, `deciding owes ${lost}`);
    }
    if (this.dump?.committed !== undefined) assert(this.task !== "running", "a task runs on beside its checkpoint");
    if (this.dump?.step === "allowed") assert(this.dump.committed !== undefined, "allowed without a commit");
    if (name !== "exited") return;
    if (!this.#timeIsUp) this.#checkNothingIsLeft();
    switch (state.outcome.kind) {
      case "checkpointed":
        assert(this.#store.get(state.outcome.number) === "complete", "checkpointed without a checkpoint");
        break;
      case "task-exited":
        assert(state.outcome.exit === this.told.exit, "another exit than the task's");
        assert(this.counts.commits === 0 || !this.#hasCommitted(), "an exit reported beside a checkpoint");
        break;
      case "restore-postponed":
        assert(this.#store.get(state.outcome.number) === "complete", "postponed without a checkpoint");
        assert(this.#mayBeTriedAgain(state.outcome.number), "tried again for ever");
        assert(this.ran === 0, "postponed, though a task ran");
        break;
      case "stopped-before-start":
      case "task-failed":
        assert(this.ran === 0, `${state.outcome.kind}, though a task ran`);
        break;
      case "failed":
        break;
    }
  }

  #checkNothingIsLeft(): void {
    assert(this.task === "none" || this.task === "ended", `exited with a task that is ${this.task}`);
    assert(![...this.#store.values()].includes("claimed"), "exited with a claim");
    assert(this.#search === undefined && !this.#launching && this.#restore === undefined, "exited with work under way");
    assert(this.dump === undefined || this.dump.cancelled, "exited with a dump under way");
    assert(this.#files !== "being taken back", "exited while files are taken back");
  }

  /** A fresh start is the end of every complete generation; of one that was claimed and has no fault, only when it was tried often enough. */
  #checkNothingIsPassedOver(): void {
    assert(!this.#unsearched, "a start although nobody knows what is there");
    for (const number of this.#givenBack) {
      if (this.#store.get(number) !== "complete") continue;
      assert(!this.#mayBeTriedAgain(number), `generation ${number} is passed over, and could have been tried again`);
    }
  }

  #mayBeTriedAgain(number: number): boolean {
    const { ifRestoreFails, restoreAttempts } = this.#policy;
    return ifRestoreFails === "fail" || this.#attempts(number) < restoreAttempts;
  }

  #attempts(number: number): number {
    return this.#counted.get(number) ?? 0;
  }

  #count(number: number): void {
    this.#counted.set(number, this.#attempts(number) + 1);
  }

  #hasCommitted(): boolean {
    return [...this.#store.keys()].some((number) => number > 1_000);
  }

  #carryOut(action: WrapperAction): void {
    switch (action.do) {
      case "look-for-checkpoint":
        assert(this.#search === undefined && this.ran === 0, "a search too many");
        assert(this.#files === "none", `another checkpoint is looked for beside files that are ${this.#files}`);
        this.#search = { olderThan: action.olderThan };
        return;
      case "cancel-search":
        assert(this.#search !== undefined, "no search to cancel");
        return;
      case "start-task":
        assert(!this.#launching && this.task === "none", "a task too many");
        assert(this.#files === "none", `a fresh start beside files that are ${this.#files}`);
        this.#checkNothingIsPassedOver();
        this.#launching = true;
        return;
      case "restore":
        assert(this.#restore === undefined && this.task === "none", "a restore too many");
        this.#moves(action.number, "claimed", "claimed");
        this.#restore = { number: action.number, step: "making", cancelled: false };
        this.#files = "put back";
        return;
      case "cancel-restore":
        assert(this.#restore?.step === "making" || this.#restore?.step === "hook", "too late to cancel the restore");
        this.#restore.cancelled = true;
        return;
      case "consume-and-allow":
        assert(this.#restore?.step === "hook" && this.#restore.number === action.number, "no hook waits");
        assert(!this.told.stop, "consumed though a stop was asked");
        this.#restore.step = "consuming";
        return;
      case "refuse":
        if (action.hook === "frozen") {
          assert(this.dump?.step === "hook", "no hook waits");
          this.dump.step = "refused";
          this.counts.dumpRefusals += 1;
        } else {
          assert(this.#restore?.step === "hook", "no hook waits");
          this.#restore.step = "refused";
        }
        return;
      case "give-back":
        assert(this.ran === 0, "given back though a task ran");
        this.#moves(action.number, "consumed", "claimed");
        return;
      case "take-back-files":
        assert(this.#restore === undefined && this.ran === 0, "taken back from a task");
        assert(this.#files === "put back", `taken back when they were ${this.#files}`);
        assert(this.#store.get(action.number) !== "consumed", "a death now would cost the state");
        this.#files = "being taken back";
        return;
      case "cancel-take-back":
        assert(this.#files === "being taken back", "nothing to cancel");
        this.#takingBackCancelled = true;
        return;
      case "release":
        assert(this.ran === 0, "released though a task ran");
        assert(this.#files !== "being taken back", "released while files are taken back");
        this.#moves(action.number, "claimed", "complete");
        this.#givenBack.add(action.number);
        if (action.failed !== undefined) this.#count(action.number);
        return;
      case "quarantine":
        assert(this.#files !== "being taken back", "set apart while files are taken back");
        this.#moves(action.number, "claimed", "quarantined");
        if (action.cause === "environment" || action.cause === "refused") {
          this.#count(action.number);
          assert(!this.#mayBeTriedAgain(action.number), "set apart, though it could have been tried again");
        }
        return;
      case "ask-node-state":
        return;
      case "dump":
        assert(this.told.started && this.told.exit === undefined && action.pid === this.#pid, "no task to dump");
        this.counts.dumps += 1;
        assert(this.counts.dumps === 1, "a second dump");
        this.dump = { step: "writing", cancelled: false, hung: false, committed: undefined };
        return;
      case "cancel-dump":
        assert(this.dump !== undefined, "no dump to cancel");
        this.dump.cancelled = true;
        this.dump.hung = false;
        return;
      case "commit-and-allow":
        assert(this.dump?.step === "hook", "no hook waits");
        this.counts.commits += 1;
        assert(this.counts.commits === 1, "a second commit");
        assert(this.counts.dumpRefusals === 0, "a commit after a refusal");
        this.dump.step = "committing";
        return;
      case "forward-signal":
        assert(this.told.started && this.told.exit === undefined, `${action.signal} for a task that is not there`);
        assert(action.pid === this.#pid, "a signal for someone else");
        return;
      case "kill-task":
        assert(this.told.started && this.told.exit === undefined, "SIGKILL for a task that is not there");
        assert(action.pid === this.#pid, "SIGKILL for someone else");
        this.counts.kills += 1;
        assert(this.counts.kills === 1, "killed twice");
        if (this.task !== "ended") this.#end(killed);
        return;
      case "set-deadline":
        assert(Number.isFinite(action.inMs) && action.inMs >= 0, `a deadline in ${action.inMs} ms`);
        if (this.#timer !== undefined) this.#staleTimers.push(this.#timer.id);
        this.#timer = { id: action.id, dueAt: this.now + action.inMs };
        return;
    }
  }

  #told(event: WrapperEvent | undefined): WrapperEvent | undefined {
    if (event !== undefined) this.#timeIsUp = event.type === "deadline";
    switch (event?.type) {
      case "task-started":
      case "restore-succeeded":
        this.told.started = true;
        break;
      case "task-exited":
        this.told.exit = event.exit;
        break;
      case "signal":
        this.#owe(event.signal);
        if (this.#policy.checkpointSignals.includes(event.signal)) this.told.stop = true;
        break;
      case "fault":
        if (!this.told.stop) this.#owe("SIGTERM");
        this.told.stop = true;
        break;
    }
    return event;
  }

  #owe(signal: SignalName): void {
    if (!this.#owed.includes(signal)) this.#owed.push(signal);
  }

  /** For everything that was asked for, all that may come of it, the kindest first. */
  #asked(): readonly (readonly Choice[])[] {
    return [
      this.#search === undefined ? [] : this.#searchAnswers(),
      this.#launching ? this.#launchAnswers() : [],
      this.#restore === undefined ? [] : this.#restoreAnswers(this.#restore),
      this.dump === undefined || this.dump.hung ? [] : this.#dumpAnswers(this.dump),
      this.#files === "being taken back" ? this.#takeBackAnswers() : [],
      this.#exit === undefined ? [] : [() => this.#tellExit()],
      // Also a node state that stops answering.
      this.#asking && this.#pick(2) === 0 ? this.#nodeStates() : [],
    ].filter((answers) => answers.length > 0);
  }

  #searchAnswers(): readonly Choice[] {
    const below = this.#search?.olderThan ?? Number.POSITIVE_INFINITY;
    const newest = [...this.#store].filter(([number, place]) => place === "complete" && number < below).at(-1)?.[0];
    const answer =
      (event: WrapperEvent): Choice =>
      () => {
        this.#search = undefined;
        return event;
      };
    const none = answer({ type: "no-checkpoint", because: "there is none" });
    const failed: Choice = () => {
      this.#search = undefined;
      this.#unsearched = true;
      return { type: "search-failed", error: new Error("EIO") };
    };
    if (newest === undefined) return [none, failed];
    const unreadable: Choice = () => {
      this.#search = undefined;
      this.#givenBack.add(newest);
      this.#count(newest);
      const attempts = this.#attempts(newest);
      return { type: "checkpoint-unreadable", number: newest, attempts, error: new Error("EIO") };
    };
    const found: Choice = () => {
      this.#search = undefined;
      this.#moves(newest, "complete", "claimed");
      return { type: "checkpoint-found", number: newest, from: "elsewhere", attempts: this.#attempts(newest) };
    };
    return [found, answer({ type: "checkpoint-held", by: "another" }), none, failed, unreadable];
  }

  #launchAnswers(): readonly Choice[] {
    const run = (): void => {
      this.#launching = false;
      this.#start();
    };
    return [
      () => {
        run();
        return { type: "task-started", pid: this.#pid };
      },
      () => {
        run();
        this.#end({ kind: "exited", code: 1 });
        return this.#tellExit();
      },
      () => {
        this.#launching = false;
        return { type: "start-failed", exitCode: 127, error: new Error("ENOENT") };
      },
    ];
  }

  #restoreAnswers(restore: Restore): readonly Choice[] {
    const fail =
      (cause: RestoreFailure, consumed = false, resumed = false): Choice =>
      () => {
        this.#restore = undefined;
        if (resumed) this.task = "ended";
        this.#exit = undefined;
        return { type: "restore-failed", cause, consumed, resumed, error: new Error(cause) };
      };
    const step = (next: Restore["step"], event?: WrapperEvent): Choice => {
      return () => {
        restore.step = next;
        return event;
      };
    };
    switch (restore.step) {
      case "making": {
        const hook = step("hook", { type: "before-resume", pid: this.#pid + 1 });
        const causes = ["criu", "digest", "put-back", "environment"] as const;
        const failures = causes.map((cause) => fail(cause));
        return restore.cancelled ? [fail("refused"), hook, ...failures] : [hook, ...failures];
      }
      case "consuming":
        return [
          () => {
            this.#moves(restore.number, "claimed", "consumed");
            restore.step = "consumed";
            return undefined;
          },
          () => {
            this.#moves(restore.number, "claimed", "foreign");
            return fail("claim-lost")();
          },
          fail("digest"),
        ];
      case "consumed":
        return [
          () => {
            restore.step = "resumed";
            this.#start();
            return undefined;
          },
          fail("criu", true),
          fail("environment", true),
        ];
      case "resumed":
        return [
          () => {
            this.#restore = undefined;
            return { type: "restore-succeeded", pid: this.#pid };
          },
          fail("criu", true, true),
        ];
      case "refused":
        return [fail("refused")];
      case "hook":
        return [];
    }
  }

  #takeBackAnswers(): readonly Choice[] {
    const done: Choice = () => {
      this.#files = "none";
      return { type: "files-taken-back" };
    };
    const failed: Choice = () => {
      this.#files = "left";
      return { type: "take-back-failed", error: new Error("EIO") };
    };
    return this.#takingBackCancelled ? [failed, done] : [done, failed];
  }

  #dumpAnswers(dump: Dump): readonly Choice[] {
    const fail: Choice = () => {
      this.dump = { ...dump, cancelled: true, hung: true };
      const { committed } = dump;
      const error = new Error("CRIU failed");
      if (this.task === "frozen") this.task = "running";
      const truth = this.task === "ended" ? "gone" : "running";
      const task = this.#pick(3) === 1 ? "unknown" : truth;
      // Sometimes the exit of a task that is known to be gone is never told.
      if (task === "gone" && this.#pick(4) === 3) this.#exit = undefined;
      return { type: "dump-failed", committed, task, error };
    };
    const hang: Choice = () => {
      dump.hung = !dump.cancelled;
      return undefined;
    };
    switch (dump.step) {
      case "writing": {
        const freeze: Choice = () => {
          dump.step = "hook";
          this.task = "frozen";
          return { type: "frozen" };
        };
        if (this.task === "ended") return [fail, hang];
        return dump.cancelled ? [fail, freeze] : [freeze, fail, hang];
      }
      case "committing": {
        const commit: Choice = () => {
          const number = 1_001;
          this.#store.set(number, "complete");
          dump.committed = number;
          dump.step = "allowed";
          return { type: "committed", number };
        };
        const failCommit: Choice = () => {
          dump.step = "refused";
          return { type: "commit-failed", error: new Error("ENOSPC") };
        };
        return dump.cancelled ? [failCommit, commit] : [commit, failCommit, hang];
      }
      case "allowed": {
        const kill: Choice = () => {
          if (this.task !== "ended") this.#end(killed);
          dump.step = "killed";
          return undefined;
        };
        return dump.cancelled ? [fail, kill] : [kill, fail, hang];
      }
      case "killed": {
        const succeed: Choice = () => {
          this.dump = { ...dump, cancelled: true, hung: true };
          return { type: "dump-succeeded" };
        };
        return [succeed, fail, hang];
      }
      case "refused":
        return [fail];
      case "hook":
        return [];
    }
  }

  #nodeStates(): readonly Choice[] {
    const states: readonly NodeStateAnswer[] = ["shutting-down", "ready", "unknown", "unavailable"];
    return states.map((state) => () => ({ type: "node-state", state }));
  }

  /** What nobody asked for. */
  #surprises(): readonly Choice[] {
    const own: Choice = () => {
      this.#end({ kind: "exited", code: 0 });
      return this.#pick(2) === 0 ? this.#tellExit() : undefined;
    };
    const outOfMemory: Choice = () => {
      this.#end(killed);
      return undefined;
    };
    return [
      () => this.#pass(200),
      () => this.#pass(12_000),
      ...signals.map(
        (signal): Choice =>
          () => ({ type: "signal", signal }),
      ),
      ...this.#nodeStates(),
      ...(this.task === "running" && this.#pick(4) === 3 ? [own, outOfMemory] : []),
      ...(this.task === "frozen" && this.dump?.step !== "refused" ? [outOfMemory] : []),
      ...(this.#timer === undefined ? [] : [() => this.#fire()]),
      ...this.#staleTimers.map(
        (id): Choice =>
          () => ({ type: "deadline", id }),
      ),
      () => (this.#pick(8) === 7 ? { type: "fault", error: new Error("a bug") } : undefined),
    ];
  }

  #pass(ms: number): WrapperEvent | undefined {
    this.now += ms;
    return this.#timer !== undefined && this.#timer.dueAt <= this.now ? this.#fire() : undefined;
  }

  #fire(): WrapperEvent | undefined {
    const timer = this.#timer;
    if (timer === undefined) return undefined;
    this.#timer = undefined;
    this.now = Math.max(this.now, timer.dueAt);
    return { type: "deadline", id: timer.id };
  }

  #start(): void {
    this.task = "running";
    this.#pid += 1;
    this.ran += 1;
    assert(this.ran === 1, "a second task");
    if (this.#restore !== undefined) this.#moves(this.#restore.number, "consumed", "consumed");
  }

  #end(exit: TaskExit): void {
    this.task = "ended";
    this.#exit = exit;
  }

  #tellExit(): WrapperEvent | undefined {
    const exit = this.#exit;
    this.#exit = undefined;
    return exit === undefined ? undefined : { type: "task-exited", exit };
  }

  #moves(number: number, from: Place, to: Place): void {
    assert(this.#store.get(number) === from, `generation ${number} is ${this.#store.get(number)}, not ${from}`);
    this.#store.set(number, to);
  }
}

function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
