import type { Config } from "@crik/config";
import type { CheckpointSettings, WrapperPolicy } from "@crik/wrapper";

/** Kept back from the grace period for SIGKILL and cleaning up, at most, in milliseconds. */
const KillReserveMs = 1_000;

/** With the kubelet's back-off of 10 and 20 seconds a failure has half a minute to pass. */
const RestoreAttempts = 3;

/** Pure: when to checkpoint and what to fall back to, from the configuration and what the preflight found. */
export function policyOf(config: Config, capable: boolean): WrapperPolicy {
  return {
    checkpointOn: config.imageDirectory === undefined ? "never" : config.checkpointOn,
    capable,
    checkpointSignals: config.checkpointSignals,
    ifNodeStateUnavailable: config.ifNodeStateUnavailable,
    ifRestoreFails: config.ifRestoreFails,
    restoreAttempts: RestoreAttempts,
    ifClaimed: config.ifClaimed,
    nodeStateTimeoutMs: config.nodeStateServer?.timeoutMs ?? 0,
    nodeStateGraceMs: config.nodeStateServer?.graceMs ?? 0,
    gracePeriodMs: config.gracePeriodMs,
    stopReserveMs: config.stopReserveMs,
    killReserveMs: Math.min(KillReserveMs, config.stopReserveMs),
  };
}

/** Pure: how dumps and restores are done. */
export function settingsOf(config: Config): CheckpointSettings {
  const verbosity = ([0, 1, 2, 3, 4] as const).find((level) => level === config.criu.verbosity) ?? 2;
  return {
    additionalPaths: config.additionalPaths,
    inotifyIncompatiblePaths: config.inotifyIncompatiblePaths,
    carryWritableLayer: config.carry.writableLayer,
    carryLimitBytes: config.carry.limitBytes,
    carryExclude: config.carry.exclude,
    tcp: config.tcp,
    ghostLimitBytes: config.criu.ghostLimitBytes,
    verbosity,
    extraDumpArguments: config.criu.extraDumpArguments,
    extraRestoreArguments: config.criu.extraRestoreArguments,
    // The rest of it is the application's.
    givenUpDumpMs: config.stopReserveMs / 4,
    restoreTimeoutMs: config.restoreTimeoutMs,
    claimTimeoutMs: config.claimTimeoutMs,
    keep: config.keep,
    ifCommandChanged: config.ifCommandChanged,
  };
}
