import { EventEmitter } from "node:events";
import type { CheckpointStore } from "@crik/checkpoint-store";
import type { Criu } from "@crik/criu-driver";
import { type Clock, systemClock } from "./clock.ts";
import { asError } from "./error.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { checkpointReasonText, narrate } from "./narrate.ts";
import type { NodeStateOptions } from "./node-state.ts";
import { createOperations, type Operations } from "./operations.ts";
import type { CriuMode } from "./preflight/judge.ts";
import { markChanges } from "./proc/file-system-time.ts";
import { type CheckpointSettings, defaultSettings } from "./settings.ts";
import { listenToSignals, type SignalSource } from "./signals.ts";
import type {
  WrapperAction,
  WrapperEvent,
  WrapperInput,
  WrapperOutcome,
  WrapperPolicy,
  WrapperState,
} from "./state.ts";
import { initialTransition, transition } from "./transition.ts";

/** What a wrapper is made of. */
export interface WrapperOptions {
  readonly command: readonly [file: string, ...args: string[]];
  /** The application's environment, whole. */
  readonly environment: Readonly<Record<string, string>>;
  readonly policy: WrapperPolicy;
  /** `undefined`: only supervise, and never checkpoint. */
  readonly store: CheckpointStore | undefined;
  readonly criu: Pick<Criu, "dump" | "restore">;
  /** How CRIU has to be run here, as the preflight found out. */
  readonly mode: CriuMode;
  /**
   * What is restored may be given a clock of its own where CRIU makes it none, as the preflight found out: then it goes on also on a machine that has been up for
   * a shorter time. Takes CAP_SYS_ADMIN and CAP_SYS_TIME. @defaultValue `false`
   */
  readonly ownClock?: boolean | undefined;
  /** Path of the crik-init program. */
  readonly init: string;
  /** A folder of crik's own, for sockets, logs of CRIU and copies of what is set aside; must exist. */
  readonly runDirectory: string;
  /** How dumps and restores are done. @defaultValue {@link defaultSettings}, for each one that is missing */
  readonly settings?: Partial<CheckpointSettings> | undefined;
  /** Runs CRIU's dump in an IPC namespace of its own, for applications with System V IPC. @defaultValue they cannot be dumped */
  readonly ownIpcCommand?: readonly [string, ...string[]] | undefined;
  /** Recorded in each checkpoint. */
  readonly versions: { readonly crik: string; readonly criu: string };
  /** @defaultValue the node's state cannot be found out: `ifNodeStateUnavailable` decides */
  readonly nodeState?: NodeStateOptions | undefined;
  /** @defaultValue `process` */
  readonly signals?: SignalSource | undefined;
  readonly clock?: Clock | undefined;
  readonly log?: Logger | undefined;
}

/** What a wrapper tells while it runs; a listener that throws does not disturb it. */
export interface WrapperEvents {
  transition: [from: WrapperState, to: WrapperState, input: WrapperInput];
}

/** One command, started or restored, supervised to its end. */
export interface Wrapper extends EventEmitter<WrapperEvents> {
  readonly state: WrapperState;
  /** Runs to the end. Rejects only on a bug: failures are an outcome. May be called once. */
  run(): Promise<WrapperOutcome>;
}

/** Makes a wrapper; nothing happens before {@link Wrapper.run}. */
export function createWrapper(options: WrapperOptions): Wrapper {
  return new MachineWrapper(options);
}

/** The thin shell around `transition`: feeds inputs in, one at a time, and has the actions carried out in their order. */
class MachineWrapper extends EventEmitter<WrapperEvents> implements Wrapper {
  state: WrapperState = initialTransition.state;
  readonly #options: WrapperOptions;
  readonly #policy: WrapperPolicy;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #operations: Operations;
  readonly #ended = Promise.withResolvers<WrapperOutcome>();
  #actions: Promise<void> = Promise.resolve();

  constructor(options: WrapperOptions) {
    super();
    this.#options = options;
    // Without a place for checkpoints a stop is a plain stop.
    this.#policy = options.store === undefined ? { ...options.policy, capable: false } : options.policy;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLogger;
    const settings = { ...defaultSettings, ...options.settings };
    this.#operations = createOperations({
      ...options,
      policy: this.#policy,
      settings,
      containerStart: markChanges(options.runDirectory),
      clock: this.#clock,
      log: this.#log,
      send: (event) => this.#receive(event),
      isDeciding: () => this.state.name === "deciding",
      checkpointReason: () => checkpointReasonText(this.state),
    });
  }

  async run(): Promise<WrapperOutcome> {
    const unlisten = listenToSignals(this.#options.signals ?? process, (signal) =>
      this.#receive({ type: "signal", signal }),
    );
    // Signal listeners alone do not keep a JavaScript runtime alive.
    const alive = setInterval(() => {}, 2 ** 30);
    try {
      this.#do(initialTransition.actions);
      return await this.#ended.promise;
    } finally {
      clearInterval(alive);
      unlisten();
      await this.#operations.close();
    }
  }

  #receive(event: WrapperEvent): void {
    const input: WrapperInput = { at: this.#clock.now(), ...event };
    const from = this.state;
    const { state, actions } = transition(from, input, this.#policy);
    this.state = state;
    this.#announce(from, state, input);
    this.#do(actions);
    if (state.name === "running") this.#operations.followNode();
    // What was decided last (a claim given up, say) is done before the caller may end the process.
    if (state.name === "exited") void this.#actions.then(() => this.#ended.resolve(state.outcome));
  }

  /**
   * Carries the actions out in their order, each whatever became of the one before; but a command is not started, and no other checkpoint looked for, when
   * the one that it is meant to follow could not be given up: another container may have it.
   */
  #do(actions: readonly WrapperAction[]): void {
    let failed = false;
    for (const action of actions) {
      this.#actions = this.#actions
        .then(() => (failed && needsTheOneBefore(action) ? undefined : this.#operations.perform(action)))
        .catch((error: unknown) => {
          failed = true;
          this.#receive({ type: "fault", error: asError(error) });
        });
    }
  }

  #announce(from: WrapperState, to: WrapperState, input: WrapperInput): void {
    const told = narrate(from, to, input);
    if (told !== undefined) this.#log[told.level]({ event: told.event, ...told.fields }, told.message);
    try {
      this.emit("transition", from, to, input);
    } catch (error) {
      this.#log.warn({ error }, "a listener of the wrapper threw");
    }
  }
}

function needsTheOneBefore(action: WrapperAction): boolean {
  return action.do === "start-task" || action.do === "look-for-checkpoint";
}
