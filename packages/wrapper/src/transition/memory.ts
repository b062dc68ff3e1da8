import type {
  Memory,
  SignalName,
  StopRequest,
  TaskExit,
  Transition,
  WrapperAction,
  WrapperInput,
  WrapperOutcome,
  WrapperPolicy,
  WrapperState,
} from "../state.ts";

/** What a state hands on to the next one. */
export function memoryOf(state: Memory): Memory {
  const { stop, signals, nodeState, nodeStateReason, deadline } = state;
  return { stop, signals, nodeState, nodeStateReason, deadline };
}

/** Keeps a signal for later. Each once, like the kernel's pending set; so the list can never be longer than there are signals. */
export function remember<S extends Memory>(state: S, signal: SignalName): S {
  return state.signals.includes(signal) ? state : { ...state, signals: [...state.signals, signal] };
}

/** A signal while no task can take one: it is kept, and the first one of those that ask to stop makes the request. */
export function rememberSignal<S extends Memory>(state: S, signal: SignalName, at: number, policy: WrapperPolicy): S {
  const asksToStop = state.stop === undefined && policy.checkpointSignals.includes(signal);
  return remember(asksToStop ? { ...state, stop: { signal, at, fault: undefined } } : state, signal);
}

/**
 * A fault counts as a request to stop by SIGTERM: a wrapper that has failed can promise neither checkpoint nor supervision, so it must
 * end; but as PID 1 its end would be a SIGKILL for the task, so the task is stopped properly first. The first fault is the outcome.
 */
export function faulted(state: Memory, error: Error, at: number): StopRequest {
  const stop = state.stop ?? { signal: "SIGTERM", at, fault: undefined };
  return stop.fault === undefined ? { ...stop, fault: error } : stop;
}

/** {@link faulted}, with the request's signal among the remembered ones. */
export function rememberFault<S extends Memory>(
  state: S,
  error: Error,
  at: number,
): S & { readonly stop: StopRequest } {
  const stop = faulted(state, error, at);
  return { ...remember(state, stop.signal), stop };
}

/** Sets the one deadline that counts; whatever was set before is stale from now on. */
export function arm<S extends Memory>(
  state: S,
  inMs: number,
): { readonly state: S; readonly setDeadline: WrapperAction } {
  const deadline = state.deadline + 1;
  return { state: { ...state, deadline }, setDeadline: { do: "set-deadline", id: deadline, inMs } };
}

/** One action for each signal, in their order. */
export function forward(pid: number, signals: readonly SignalName[]): readonly WrapperAction[] {
  return signals.map((signal) => ({ do: "forward-signal", pid, signal }));
}

/** The end: what is still to be done comes with it. */
export function exited(outcome: WrapperOutcome, actions: readonly WrapperAction[] = []): Transition {
  return { state: { name: "exited", outcome }, actions };
}

/** The task ended by itself or by what it was told: its status is the outcome, unless crik itself had failed before. */
export function taskExited(memory: Memory, exit: TaskExit): Transition {
  const fault = memory.stop?.fault;
  return exited(
    fault === undefined ? { kind: "task-exited", exit } : { kind: "failed", because: "fault", error: fault },
  );
}

/** A stop was asked and nothing of the task has run. */
export function neverStarted(stop: StopRequest, actions: readonly WrapperAction[] = []): Transition {
  return exited(
    stop.fault === undefined
      ? { kind: "stopped-before-start", signal: stop.signal }
      : { kind: "failed", because: "fault", error: stop.fault },
    actions,
  );
}

/** Goes on in `state`, which may be another than before. */
export function stay(state: WrapperState, ...actions: readonly WrapperAction[]): Transition {
  return { state, actions };
}

/**
 * What a state does with an input that it has no use for. A hook that waits must always get an answer, or CRIU waits with the task frozen;
 * the only safe one is no.
 */
export function otherwise(state: Exclude<WrapperState, { readonly name: "exited" }>, input: WrapperInput): Transition {
  switch (input.type) {
    case "frozen":
    case "before-resume":
      return stay(state, { do: "refuse", hook: input.type, because: `nothing was asked of CRIU while ${state.name}` });
    case "node-state":
      return stay(
        state.stop === undefined ? { ...state, nodeState: input.state, nodeStateReason: input.reason } : state,
      );
    default:
      return stay(state);
  }
}
