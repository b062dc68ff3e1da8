import { formatBytes } from "./bytes.ts";
import type { Config, WrittenConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { formatDuration } from "./duration.ts";

/** The configuration as a file would say it, with every default written out: for a log of what is in force, and to make a file from a configuration. */
export function writtenConfig(config: Config): WrittenConfig {
  const server = config.nodeStateServer;
  return {
    ...(config.imageDirectory !== undefined && { imageDir: config.imageDirectory }),
    additionalPaths: config.additionalPaths,
    inotifyIncompatiblePaths: config.inotifyIncompatiblePaths,
    ...(server !== undefined && {
      nodeStateServerURL: server.url,
      nodeName: server.node,
      nodeStateTimeout: formatDuration(server.timeoutMs),
      nodeStateGrace: formatDuration(server.graceMs),
      nodeStateWatch: server.watch,
      ...(server.caFile !== undefined && { nodeStateCAFile: server.caFile }),
      ...(server.tokenFile !== undefined && { nodeStateTokenFile: server.tokenFile }),
    }),
    // Without a server it has no effect, and writing it would be warned about.
    ...((server !== undefined || config.ifNodeStateUnavailable !== defaults.ifNodeStateUnavailable) && {
      ifNodeStateUnavailable: config.ifNodeStateUnavailable,
    }),
    checkpointOn: config.checkpointOn,
    checkpointSignals: config.checkpointSignals,
    exitCodeAfterCheckpoint: config.exitCodeAfterCheckpoint,
    gracePeriod: formatDuration(config.gracePeriodMs),
    stopReserve: formatDuration(config.stopReserveMs),
    restoreTimeout: formatDuration(config.restoreTimeoutMs),
    ifRestoreFails: config.ifRestoreFails,
    ifClaimed: config.ifClaimed,
    claimTimeout: formatDuration(config.claimTimeoutMs),
    ifCommandChanged: config.ifCommandChanged,
    carry: {
      writableLayer: config.carry.writableLayer,
      limit: formatBytes(config.carry.limitBytes),
      exclude: config.carry.exclude,
    },
    keep: {
      generations: config.keep.generations,
      ...(config.keep.bytes !== undefined && { bytes: formatBytes(config.keep.bytes) }),
    },
    digest: config.digest,
    tcp: config.tcp,
    prevent: config.prevent,
    criu: {
      ...(config.criu.path !== undefined && { path: config.criu.path }),
      mode: config.criu.mode,
      verbosity: config.criu.verbosity,
      ghostLimit: formatBytes(config.criu.ghostLimitBytes),
      extraDumpArguments: config.criu.extraDumpArguments,
      extraRestoreArguments: config.criu.extraRestoreArguments,
    },
    log: config.log,
  };
}

/** {@link writtenConfig} as YAML text: `parseConfig(await printConfig(config))` gives `config` back. */
export async function printConfig(config: Config): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(writtenConfig(config), { lineWidth: 0 });
}
