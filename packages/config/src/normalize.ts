import { parseBytes } from "./bytes.ts";
import type { Config, WrittenConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { parseDuration } from "./duration.ts";

/** What the caller knows besides the configuration. */
export interface NormalizeContext {
  /** Used when `nodeName` is not written: Kubernetes' downward API puts it into `KUBERNETES_NODE_NAME`. */
  readonly nodeName: string | undefined;
}

/** Fills in the defaults and turns notations into numbers. Total for every {@link WrittenConfig} that the schema and the rules have accepted. */
export function normalize(written: WrittenConfig, context: NormalizeContext): Config {
  const url = written.nodeStateServerURL;
  const node = written.nodeName ?? context.nodeName;
  const carry = { ...defaults.carry, ...written.carry };
  const keep = { ...defaults.keep, ...written.keep };
  const criu = { ...defaults.criu, ...written.criu };
  const gracePeriodMs = ms(written.gracePeriod ?? defaults.gracePeriod);
  return {
    imageDirectory: written.imageDir,
    nodeStateServer:
      url === undefined || node === undefined
        ? undefined
        : {
            url,
            node,
            timeoutMs: ms(written.nodeStateTimeout ?? defaults.nodeStateTimeout),
            graceMs: ms(written.nodeStateGrace ?? defaults.nodeStateGrace),
            watch: written.nodeStateWatch ?? defaults.nodeStateWatch,
            caFile: written.nodeStateCAFile,
            tokenFile: written.nodeStateTokenFile,
          },
    checkpointOn: written.checkpointOn ?? (url === undefined ? "always" : "node-shutting-down"),
    checkpointSignals: written.checkpointSignals ?? defaults.checkpointSignals,
    ifNodeStateUnavailable: written.ifNodeStateUnavailable ?? defaults.ifNodeStateUnavailable,
    exitCodeAfterCheckpoint: written.exitCodeAfterCheckpoint ?? defaults.exitCodeAfterCheckpoint,
    gracePeriodMs,
    stopReserveMs: ms(written.stopReserve ?? defaults.stopReserve),
    restoreTimeoutMs: ms(written.restoreTimeout ?? defaults.restoreTimeout),
    ifRestoreFails: written.ifRestoreFails ?? defaults.ifRestoreFails,
    ifClaimed: written.ifClaimed ?? defaults.ifClaimed,
    // A container that writes has that long for it, and some time to be seen.
    claimTimeoutMs: written.claimTimeout === undefined ? gracePeriodMs + 10_000 : ms(written.claimTimeout),
    ifCommandChanged: written.ifCommandChanged ?? defaults.ifCommandChanged,
    additionalPaths: written.additionalPaths ?? defaults.additionalPaths,
    inotifyIncompatiblePaths: written.inotifyIncompatiblePaths ?? defaults.inotifyIncompatiblePaths,
    carry: { writableLayer: carry.writableLayer, limitBytes: bytes(carry.limit), exclude: carry.exclude },
    keep: {
      generations: keep.generations,
      bytes: written.keep?.bytes === undefined ? undefined : bytes(written.keep.bytes),
    },
    digest: written.digest ?? defaults.digest,
    tcp: written.tcp ?? defaults.tcp,
    prevent: { ...defaults.prevent, ...written.prevent },
    criu: {
      path: written.criu?.path,
      mode: criu.mode,
      verbosity: criu.verbosity,
      ghostLimitBytes: bytes(criu.ghostLimit),
      extraDumpArguments: criu.extraDumpArguments,
      extraRestoreArguments: criu.extraRestoreArguments,
    },
    log: { ...defaults.log, ...written.log },
  };
}

/** The schema and the rules came first, so that a text which is no duration is a bug of ours, not of the user's. */
function ms(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new TypeError(`not a duration: ${text}`);
  return value;
}

function bytes(quantity: string | number): number {
  const value = parseBytes(quantity);
  if (value === undefined) throw new TypeError(`not a size: ${quantity}`);
  return value;
}
