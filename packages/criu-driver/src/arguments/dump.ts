import type { DumpOptions } from "../options.ts";
import {
  extraArguments,
  flag,
  type Plumbing,
  requireArguments,
  requireWholeNumber,
  setting,
  sharedArguments,
} from "./shared.ts";

/**
 * Pure: the arguments that `criu dump` is run with.
 *
 * @throws CriuError `ERR_CRIU_INVALID_OPTION` for what could never work
 */
export function dumpArguments(options: DumpOptions, plumbing: Plumbing = { logFile: "dump.log" }): readonly string[] {
  return build("dump", options, plumbing);
}

/**
 * Pure: the arguments that `criu pre-dump` is run with. A pre-dump tracks memory and leaves the task running by its nature, and has no hook.
 *
 * @throws CriuError `ERR_CRIU_INVALID_OPTION` for what could never work
 */
export function preDumpArguments(
  options: DumpOptions,
  plumbing: Plumbing = { logFile: "pre-dump.log" },
): readonly string[] {
  return build("pre-dump", options, plumbing);
}

function build(verb: "dump" | "pre-dump", options: DumpOptions, plumbing: Plumbing): readonly string[] {
  requireWholeNumber("pid", options.pid, 1);
  requireWholeNumber("ghostLimitBytes", options.ghostLimitBytes, 0);
  requireWholeNumber("pageServer.port", options.pageServer?.port, 1);
  const freezeSeconds = options.freezeTimeoutMs === undefined ? undefined : Math.ceil(options.freezeTimeoutMs / 1000);
  requireWholeNumber("freezeTimeoutMs / 1000", freezeSeconds, 1);
  return requireArguments([
    verb,
    ...setting("--tree", options.pid),
    ...sharedArguments(options, plumbing, "dump"),
    ...flag("--leave-running", verb === "dump" && options.leaveRunning === true),
    ...setting("--prev-images-dir", options.previousImages),
    ...flag("--track-mem", options.trackMemory),
    ...(verb === "pre-dump" ? setting("--pre-dump-mode", options.preDumpMode) : []),
    ...flag("--link-remap", options.linkRemap),
    ...setting("--ghost-limit", options.ghostLimitBytes),
    ...flag("--force-irmap", options.forceIrmap),
    ...(options.irmapScanPaths ?? []).flatMap((path) => setting("--irmap-scan-path", path)),
    ...setting("--network-lock", options.networkLock),
    ...setting("--timeout", freezeSeconds),
    ...flag("--page-server", options.pageServer !== undefined),
    ...setting("--address", options.pageServer?.address),
    ...setting("--port", options.pageServer?.port),
    ...extraArguments(options),
  ]);
}
