import type { SignalName } from "./outcome.ts";

/**
 * What the user decides. The time after a stop request is a budget: decision, dump until `gracePeriodMs - stopReserveMs`, then the plain
 * stop, SIGKILL at `gracePeriodMs - killReserveMs`.
 */
export interface WrapperPolicy {
  /** `"node-shutting-down"` asks for the node's state first. */
  readonly checkpointOn: "always" | "node-shutting-down" | "never";
  /** False when it was found out at start that a checkpoint made here could not be restored: then a stop is a plain stop. */
  readonly capable: boolean;
  /** The signals that ask to stop. Every other one is only forwarded. @defaultValue `["SIGTERM"]` */
  readonly checkpointSignals: readonly SignalName[];
  readonly ifNodeStateUnavailable: "checkpoint" | "stop";
  /**
   * What is done when the checkpoint cannot be restored. `"previous"`: the next older generation, and a fresh start when there is none, or when this container
   * is known to be unable: older generations would fail alike. `"fail"`: nothing is ever started without it.
   */
  readonly ifRestoreFails: "previous" | "start-fresh" | "fail";
  /**
   * How many containers try a checkpoint whose restore fails for the container's sake before `ifRestoreFails` decides: each one but the last ends with
   * `restore-postponed`.
   */
  readonly restoreAttempts: number;
  /** When another container holds the checkpoint. `"wait"` searches again, as often as it takes. */
  readonly ifClaimed: "wait" | "start-fresh" | "fail";
  /** How long a node state that cannot be had, or is unknown, is asked for again, in milliseconds since asking began. */
  readonly nodeStateTimeoutMs: number;
  /**
   * How long after the stop request `ready` is not yet believed, in milliseconds: the kubelet may publish the node's condition a moment
   * after the pod's SIGTERM (11 ms measured).
   */
  readonly nodeStateGraceMs: number;
  /** The pod's `terminationGracePeriodSeconds`, in milliseconds. */
  readonly gracePeriodMs: number;
  /** Kept back from the grace period for a plain stop, in milliseconds: no commit begins in it. */
  readonly stopReserveMs: number;
  /** Kept back at the very end for SIGKILL and cleaning up, in milliseconds: a dump still running then is cancelled. */
  readonly killReserveMs: number;
}

/** @see {@link WrapperPolicy} for each. */
export const defaultPolicy: WrapperPolicy = {
  checkpointOn: "always",
  capable: true,
  checkpointSignals: ["SIGTERM"],
  ifNodeStateUnavailable: "checkpoint",
  ifRestoreFails: "previous",
  restoreAttempts: 3,
  ifClaimed: "wait",
  nodeStateTimeoutMs: 3_000,
  nodeStateGraceMs: 1_000,
  gracePeriodMs: 30_000,
  stopReserveMs: 5_000,
  killReserveMs: 1_000,
};
