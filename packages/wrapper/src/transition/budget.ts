import type { StopRequest, WrapperPolicy } from "../state.ts";

/**
 * The grace period as a budget that starts with the stop request:
 *
 * ```
 * stop request     a dump is cancelled     a commit is cancelled, SIGKILL     the kubelet kills all
 * |--- decision, dump ---|------ plain stop ------|------- cleaning up --------|
 * 0          gracePeriodMs - stopReserveMs    gracePeriodMs - killReserveMs    gracePeriodMs
 * ```
 * The first mark may lie before the request itself: then there is no time for a checkpoint at all. A dump that has not come to its commit by then is of no use,
 * and its frozen task must still get its stop; a commit that has begun may use the reserve up.
 */
export function lastCommitAt(stop: StopRequest, policy: WrapperPolicy): number {
  return stop.at + policy.gracePeriodMs - policy.stopReserveMs;
}

/** How long a dump may take from now to come to its commit. */
export function cancelDumpInMs(stop: StopRequest, at: number, policy: WrapperPolicy): number {
  return Math.max(0, lastCommitAt(stop, policy) - at);
}

/** How long a commit may take from now, if it has to end by `gracePeriodMs - killReserveMs`. */
export function cancelCommitInMs(stop: StopRequest, at: number, policy: WrapperPolicy): number {
  return Math.max(0, stop.at + policy.gracePeriodMs - policy.killReserveMs - at);
}

/** How long a cancelled dump may take to answer, before the task is stopped without waiting for it. */
export function cancelledInMs(policy: WrapperPolicy): number {
  return policy.killReserveMs / 2;
}

/** How long the exit of a task that was killed, or is gone, may take to be told: taking apart many gigabytes of memory takes seconds. */
export function exitToldInMs(policy: WrapperPolicy): number {
  return Math.max(policy.stopReserveMs, policy.killReserveMs);
}

/**
 * How long the task may take to stop from now. However late it is, half of the last reserve: a SIGTERM that is followed by SIGKILL at once
 * would be no SIGTERM.
 */
export function killInMs(stop: StopRequest, at: number, policy: WrapperPolicy): number {
  return Math.max(policy.killReserveMs / 2, stop.at + policy.gracePeriodMs - policy.killReserveMs - at);
}
