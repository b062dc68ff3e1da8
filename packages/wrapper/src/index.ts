export { type Clock, systemClock } from "./clock.ts";
export { type Prevention, taskEnvironment } from "./environment.ts";
export { isWrapperError, WrapperError, type WrapperErrorCode } from "./error.ts";
export type { WrapperLogEvent } from "./log-event.ts";
export { type Logger, silentLogger } from "./logger.ts";
export { stopReasonText } from "./narrate.ts";
export type { NodeStateOptions, NodeStateReader, NodeStateReport, NodeStateWatcher } from "./node-state.ts";
export { preflightFacts } from "./preflight/facts.ts";
export {
  type CriuMode,
  judge,
  type PreflightFacts,
  type PreflightProblem,
  type PreflightVerdict,
} from "./preflight/judge.ts";
export type { PreflightWarning } from "./preflight/warnings.ts";
export { reserveRoom } from "./reserve.ts";
export { type CheckpointSettings, defaultSettings } from "./settings.ts";
export { ForwardedSignals, type SignalSource } from "./signals.ts";
export {
  defaultPolicy,
  type NodeStateAnswer,
  type SignalName,
  type StopReason,
  type TaskExit,
  type WrapperAction,
  type WrapperInput,
  type WrapperOutcome,
  type WrapperPolicy,
  type WrapperState,
} from "./state.ts";
export { fifoMaker } from "./task/make-fifo.ts";
export { initialTransition, transition } from "./transition.ts";
export { createWrapper, type Wrapper, type WrapperEvents, type WrapperOptions } from "./wrapper.ts";
