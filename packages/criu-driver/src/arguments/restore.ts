import { CriuError } from "../error.ts";
import type { InheritedDescriptor, RestoreOptions } from "../options.ts";
import { extraArguments, flag, type Plumbing, requireArguments, setting, sharedArguments } from "./shared.ts";

/** Where CRIU finds the first of {@link RestoreOptions.inheritFiles}: behind stdio and the keeper's report. */
const FirstFileDescriptor = 4;

/**
 * Pure: the arguments that `criu restore` is run with. Always `--restore-detached`: a CRIU that stays reaps the root itself
 * and throws its exit status away.
 *
 * @throws CriuError `ERR_CRIU_INVALID_OPTION` for what could never work
 */
export function restoreArguments(
  options: RestoreOptions,
  plumbing: Plumbing = { logFile: "restore.log" },
): readonly string[] {
  return requireArguments([
    "restore",
    "--restore-detached",
    ...sharedArguments(options, plumbing, "restore"),
    ...setting("--pidfile", plumbing.pidFile),
    ...(options.inherit ?? []).flatMap((descriptor) => setting("--inherit-fd", formatInherited(descriptor))),
    ...(options.inheritFiles ?? []).flatMap(({ replaces }, index) =>
      setting("--inherit-fd", `fd[${FirstFileDescriptor + index}]:${replaces.replace(/^\/+/, "")}`),
    ),
    ...setting("--root", options.root),
    ...setting("--lsm-profile", options.lsmProfile),
    ...flag("--skip-file-rwx-check", options.skipFileModeCheck),
    ...setting("--file-validation", options.fileValidation),
    ...flag("--leave-stopped", options.leaveStopped),
    ...extraArguments(options),
  ]);
}

function formatInherited({ fd, resource }: InheritedDescriptor): string {
  if (fd !== 0 && fd !== 1 && fd !== 2) {
    throw new CriuError("ERR_CRIU_INVALID_OPTION", `inherit: descriptor ${fd} of ${resource} is not 0, 1 or 2`);
  }
  if (resource === "") throw new CriuError("ERR_CRIU_INVALID_OPTION", `inherit: descriptor ${fd} has no resource`);
  return `fd[${fd}]:${resource}`;
}
