import { closeSync, fstatSync, openSync, writeSync } from "node:fs";
import { type StopReason, stopReasonText, type WrapperOutcome } from "@crik/wrapper";
import { failureReasonText } from "./failure-reason.ts";

/** Where a container tells Kubernetes why it ended, unless its `terminationMessagePath` says otherwise. */
export const TerminationMessageFile = "/dev/termination-log";

/** Kubernetes keeps 4096 bytes of it; people read less. */
const LongestMessage = 1000;

/** How a run of crik has ended. */
export interface Ending {
  readonly outcome: WrapperOutcome;
  /** Why the application got its plain stop; `undefined` when nobody asked it to stop. */
  readonly stopReason: StopReason | undefined;
  /** Why the dump failed, when one was tried: the log, which has told it, may be gone with the pod. */
  readonly dumpError: Error | undefined;
  /** Processes of the container that the kernel has killed because its memory was used up. */
  readonly outOfMemoryKills: number;
}

/** Pure: what crik tells of its end in one line; `undefined` when the application ended by itself, which is its own story. */
export function terminationMessage(ending: Ending): string | undefined {
  const { outcome, outOfMemoryKills } = ending;
  const sentence = sentenceOf(ending);
  const parts = [
    ...(sentence === undefined ? [] : [sentence]),
    ...(outOfMemoryKills === 0 || outcome.kind === "checkpointed" ? [] : [outOfMemoryText(outOfMemoryKills)]),
  ];
  return parts.length === 0 ? undefined : line(parts.join("; "));
}

/** Pure: what crik tells when it fails before it supervises anything: the configuration is wrong, say, or the volume cannot be used. */
export function failureMessage(error: unknown): string {
  return line(`failed: ${error instanceof Error ? error.message : String(error)}`);
}

function line(text: string): string {
  const one = `crik: ${text}`.replaceAll(/\s+/g, " ");
  return one.length > LongestMessage ? `${one.slice(0, LongestMessage - 1)}…` : one;
}

/** Pure: says it as a fact. Whether it is why the container ended, the exit status tells. */
export function outOfMemoryText(kills: number): string {
  const processes = kills === 1 ? "a process" : `${kills} processes`;
  return `the kernel has killed ${processes} of this container because its memory was used up`;
}

function sentenceOf({ outcome, stopReason, dumpError }: Ending): string | undefined {
  switch (outcome.kind) {
    case "checkpointed":
      return `checkpointed as generation ${outcome.number}, and goes on where that is restored`;
    case "task-exited":
      return stopReason === undefined ? undefined : `stopped and not checkpointed: ${whyNone(stopReason, dumpError)}`;
    case "stopped-before-start":
      return "stopped before the application ran";
    case "restore-postponed":
      return `generation ${outcome.number} could not be restored here, and is kept for the next container: ${outcome.error.message}`;
    case "task-failed":
      return `the command could not be started: ${outcome.error.message}`;
    case "failed":
      return withError(`failed: ${failureReasonText(outcome.because)}`, outcome.error);
  }
}

function whyNone(reason: StopReason, dumpError: Error | undefined): string {
  // With any other reason the dump failed because crik had given it up, or none was tried.
  return withError(stopReasonText(reason), reason === "checkpoint-failed" ? dumpError : undefined);
}

function withError(text: string, error: Error | undefined): string {
  return error === undefined ? text : `${text}: ${error.message}`;
}

/**
 * Writes it where the file is there, which is so in Kubernetes only, and nobody has written to it: what the application says itself is worth more. Never fails.
 *
 * @param file - {@link TerminationMessageFile}
 */
export function writeTerminationMessage(file: string, text: string): void {
  let descriptor: number | undefined;
  try {
    // Never made: outside of Kubernetes nobody would read it.
    descriptor = openSync(file, "r+");
    const { size } = fstatSync(descriptor);
    if (size === 0) writeSync(descriptor, text, 0);
  } catch {
    // A pod without the file, or with one that this user may not write to, ends as well without the line.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
