import { CriuError } from "../error.ts";
import type { ExternalResource, SharedOptions } from "../options.ts";

/** What the driver itself needs on CRIU's command line: not a choice of the caller's. */
export interface Plumbing {
  /** Log file, relative to the work directory. */
  readonly logFile: string;
  /** Program that CRIU runs at its hooks. */
  readonly actionScript?: string | undefined;
  /** Where CRIU writes the restored root's pid. Must not exist. */
  readonly pidFile?: string | undefined;
  /** Let CRIU read its configuration files. */
  readonly configurationFiles?: boolean | undefined;
}

/** Pure: the arguments that dump, pre-dump and restore have in common, without the last ones of {@link extraArguments}. */
export function sharedArguments(
  options: SharedOptions & { readonly imageDirectory: string },
  plumbing: Plumbing,
  direction: "dump" | "restore",
): readonly string[] {
  return [
    ...setting("--images-dir", options.imageDirectory),
    ...setting("--work-dir", options.workDirectory),
    ...setting("--log-file", plumbing.logFile),
    `-v${options.verbosity ?? 2}`,
    ...flag("--no-default-config", plumbing.configurationFiles !== true),
    ...setting("--action-script", plumbing.actionScript),
    ...flag("--unprivileged", options.unprivileged),
    ...(options.cgroups === undefined ? [] : [`--manage-cgroups=${options.cgroups}`]),
    ...flag("--tcp-established", options.tcp === "established"),
    ...flag("--tcp-close", options.tcp === "close"),
    ...flag("--skip-in-flight", options.skipInFlight),
    ...flag("--file-locks", options.fileLocks),
    ...flag("--shell-job", options.shellJob),
    ...flag("--evasive-devices", options.evasiveDevices),
    ...(options.cpuCapabilities === undefined ? [] : [`--cpu-cap=${options.cpuCapabilities.join(",")}`]),
    ...(options.external ?? []).flatMap((resource) => setting("--external", formatExternal(resource, direction))),
  ];
}

/** Pure: what comes last. */
export function extraArguments(options: SharedOptions): readonly string[] {
  return options.extraArguments ?? [];
}

/** Pure: a flag when its option is on. */
export function flag(name: string, on: boolean | undefined): readonly string[] {
  return on === true ? [name] : [];
}

/** Pure: a flag and its value when there is one. */
export function setting(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [name, String(value)];
}

/** Pure: an external resource as `--external` takes it. CRIU compares these as text, so the numbers' bases matter. */
export function formatExternal(resource: ExternalResource, direction: "dump" | "restore"): string {
  switch (resource.kind) {
    case "mount":
      return direction === "dump" ? `mnt[${resource.at}]:${resource.name}` : `mnt[${resource.name}]:${resource.at}`;
    case "mount-auto":
      return `mnt[]${resource.flags === undefined ? "" : `:${resource.flags}`}`;
    case "file":
      return `file[${resource.mountId.toString(16)}:${resource.inode.toString(16)}]`;
    case "unix":
      return `unix[${resource.inode}]`;
    case "tty":
      return `tty[${resource.rdev.toString(16)}:${resource.dev.toString(16)}]`;
    case "other":
      return resource.value;
  }
}

/**
 * Refuses what could never work, before anything is run.
 *
 * @throws CriuError `ERR_CRIU_INVALID_OPTION`
 */
export function requireWholeNumber(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new CriuError("ERR_CRIU_INVALID_OPTION", `${name} must be a whole number of at least ${least}, not ${value}`);
}

/**
 * Refuses an argument list that the kernel would cut short or reject.
 *
 * @throws CriuError `ERR_CRIU_INVALID_OPTION`
 */
export function requireArguments(list: readonly string[]): readonly string[] {
  const bad = list.findIndex((argument) => argument.includes("\0"));
  if (bad < 0) return list;
  throw new CriuError(
    "ERR_CRIU_INVALID_OPTION",
    `the argument after ${list[bad - 1] ?? "the program"} has a NUL character`,
  );
}
