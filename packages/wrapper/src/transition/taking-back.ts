import type {
  FailedRestore,
  Memory,
  RestoreFailure,
  TakingBackState,
  Transition,
  WrapperAction,
  WrapperInput,
  WrapperPolicy,
} from "../state.ts";
import { cancelledInMs, killInMs } from "./budget.ts";
import { arm, exited, memoryOf, neverStarted, otherwise, rememberFault, rememberSignal, stay } from "./memory.ts";
import { afterFailedAttempt, heldByAnother, launch, lookForCheckpoint } from "./starting.ts";

/** A restore has failed, and nothing of it has run: first of all its files go, while the checkpoint is still claimed. */
export function takeBack(memory: Memory, restore: FailedRestore): Transition {
  return {
    state: { ...memoryOf(memory), name: "taking-back", restore, cancelled: false },
    actions: [{ do: "take-back-files", number: restore.number }],
  };
}

/**
 * Nothing else begins before the answer. A stop does not cut it short before its time: the container goes anyway, but what lies on a volume stays, and should be what it was. The claim
 * is kept until then, since whoever has the checkpoint next puts the same files there.
 */
export function takingBack(state: TakingBackState, input: WrapperInput, policy: WrapperPolicy): Transition {
  switch (input.type) {
    case "signal":
      return stopAsked(state, rememberSignal(state, input.signal, input.at, policy), input.at, policy);
    case "fault":
      return stopAsked(state, rememberFault(state, input.error, input.at), input.at, policy);
    case "deadline":
      return input.id === state.deadline ? outOfTime(state, policy) : stay(state);
    case "files-taken-back":
      return settle(state, policy);
    case "take-back-failed":
      return withFilesLeft(state, input.error, policy);
    default:
      return otherwise(state, input);
  }
}

function stopAsked(before: TakingBackState, after: TakingBackState, at: number, policy: WrapperPolicy): Transition {
  if (before.stop !== undefined || after.stop === undefined) return stay(after);
  const { state, setDeadline } = arm(after, killInMs(after.stop, at, policy));
  return stay(state, setDeadline);
}

/** One that does not even answer its cancelling may still write: the claim is left to end with this container. */
function outOfTime(before: TakingBackState, policy: WrapperPolicy): Transition {
  const { stop, cancelled } = before;
  if (stop === undefined) return stay(before);
  if (cancelled) return neverStarted(stop);
  const { state, setDeadline } = arm<TakingBackState>({ ...before, cancelled: true }, cancelledInMs(policy));
  return stay(state, { do: "cancel-take-back" }, setDeadline);
}

/** What becomes of the checkpoint, and what is done without it. */
function settle(state: TakingBackState, policy: WrapperPolicy): Transition {
  const { stop, restore } = state;
  const { number, attempt, cause, error } = restore;
  if (cause === "claim-lost") {
    return stop === undefined ? heldByAnother(state, undefined, policy, error) : neverStarted(stop);
  }
  // Our own cancelling may have caused it, and then it counts for nothing; it does not cause bad digests.
  if (stop !== undefined) {
    return neverStarted(stop, [cause === "digest" ? quarantine(restore) : { do: "release", number }]);
  }
  if (isOfThisContainer(cause, policy) && !isForAnOlderOne(attempt, policy)) {
    return after({ do: "release", number, failed: error }, afterFailedAttempt(state, restore, policy));
  }
  const { ifRestoreFails } = policy;
  if (ifRestoreFails === "previous") return after(quarantine(restore), lookForCheckpoint(state, number));
  if (ifRestoreFails === "start-fresh") return after(quarantine(restore), launch(state));
  return after(quarantine(restore), exited({ kind: "failed", because: "restore-failed", error }));
}

/**
 * Files of a life that did not go on are in this container, and nothing may begin beside them; the next one is made from its image. A checkpoint that would be passed over by what begins
 * is set apart, or the next container would try it once more, and every one after it.
 */
function withFilesLeft(state: TakingBackState, error: Error, policy: WrapperPolicy): Transition {
  const next = settle(state, policy);
  if (next.state.name === "exited") return next;
  const settled = state.restore.cause === "claim-lost" ? [] : [quarantine(state.restore)];
  return exited({ kind: "failed", because: "files-left", error }, settled);
}

function after(settled: WrapperAction, { state, actions }: Transition): Transition {
  return { state, actions: [settled, ...actions] };
}

function quarantine({ number, cause, error }: FailedRestore): WrapperAction {
  return { do: "quarantine", number, cause, error };
}

/** Enough containers have tried this one. It is set apart for good, or it would come back when the older one has been restored and has lived on. */
function isForAnOlderOne(attempt: number, { ifRestoreFails, restoreAttempts, capable }: WrapperPolicy): boolean {
  return ifRestoreFails === "previous" && capable && attempt >= restoreAttempts;
}

/** Where the preflight has found that CRIU lacks something, its failure says nothing about the checkpoint. */
function isOfThisContainer(cause: RestoreFailure, { capable }: WrapperPolicy): boolean {
  return cause === "environment" || cause === "refused" || (cause === "criu" && !capable);
}
