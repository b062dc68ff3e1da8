import type { StopRequest, WrapperPolicy } from "../state.ts";

/**
 * The grace period as a budget that starts with the stop request:
 *
 * ```
 * stop request          no commit begins          dump is cancelled, SIGKILL          the kubelet kills all
 * |--- decision, dump ---|------ plain stop ------|------- cleaning up --------|
 * 0          gracePeriodMs - stopReserveMs    gracePeriodMs - killReserveMs    gracePeriodMs
 * ```
 */
export function lastCommitAt(stop: StopRequest, policy: WrapperPolicy): number {
  return stop.at + Math.max(0, policy.gracePeriodMs - policy.stopReserveMs);
}

/** How long a dump may take from now, if it has to end by `gracePeriodMs - killReserveMs`. */
export function cancelDumpInMs(stop: StopRequest, at: number, policy: WrapperPolicy): number {
  return Math.max(0, stop.at + policy.gracePeriodMs - policy.killReserveMs - at);
}

/**
 * How long the task may take to stop from now. However late it is, half of the last reserve: a SIGTERM that is followed by SIGKILL at once
 * would be no SIGTERM.
 */
export function killInMs(stop: StopRequest, at: number, policy: WrapperPolicy): number {
  return Math.max(policy.killReserveMs / 2, stop.at + policy.gracePeriodMs - policy.killReserveMs - at);
}
