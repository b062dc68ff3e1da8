import { flag, requireArguments, setting } from "./shared.ts";

/** What of {@link CheckOptions} becomes an argument. */
export interface CheckArguments {
  readonly unprivileged?: boolean | undefined;
  /** Ask for one feature only. */
  readonly feature?: string | undefined;
  /** `"extra"`: also what only some tasks need; `"all"`: also what CRIU calls experimental. */
  readonly scope?: "required" | "extra" | "all" | undefined;
  /** A folder that CRIU may stand in; it opens it as if there were images. */
  readonly folder: string;
  readonly configurationFiles?: boolean | undefined;
}

/**
 * Pure: the arguments that `criu check` is run with.
 *
 * @throws CriuError `ERR_CRIU_INVALID_OPTION` for what could never work
 */
export function checkArguments(options: CheckArguments): readonly string[] {
  return requireArguments([
    "check",
    ...setting("--images-dir", options.folder),
    "-v2",
    ...flag("--no-default-config", options.configurationFiles !== true),
    ...flag("--unprivileged", options.unprivileged),
    ...flag("--extra", options.scope === "extra"),
    ...flag("--all", options.scope === "all"),
    ...setting("--feature", options.feature),
  ]);
}
