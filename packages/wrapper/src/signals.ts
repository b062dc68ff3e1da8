import { constants } from "node:os";

/** Where signals come from: `process`, or a test's own emitter. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/**
 * Not forwarded from here: what cannot be caught, the news of crik's own children, what the kernel sends for a fault of crik's own code or for a log that
 * nobody reads, and SIGSTKFLT, which the bundle's runtime cannot catch. As first process, the launcher forwards those that can be, past the runtime.
 */
const Kept: ReadonlySet<string> = new Set([
  "SIGKILL",
  "SIGSTOP",
  "SIGCHLD",
  "SIGPIPE",
  "SIGSEGV",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGSTKFLT",
]);

/** Second names of signals in the list. */
const Aliases: ReadonlySet<string> = new Set(["SIGIOT", "SIGPOLL", "SIGUNUSED"]);

/** Every signal that crik hands on to the application. */
export const ForwardedSignals: readonly NodeJS.Signals[] = (Object.keys(constants.signals) as NodeJS.Signals[]).filter(
  (name) => !Kept.has(name) && !Aliases.has(name),
);

/** Listens to all of them; the result stops listening. */
export function listenToSignals(source: SignalSource, listener: (signal: NodeJS.Signals) => void): () => void {
  const listeners = ForwardedSignals.map((signal) => [signal, () => listener(signal)] as const);
  for (const [signal, listen] of listeners) source.on(signal, listen);
  return () => {
    for (const [signal, listen] of listeners) source.off(signal, listen);
  };
}
