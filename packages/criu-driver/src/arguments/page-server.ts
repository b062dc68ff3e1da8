import type { PageServerAddress } from "../options.ts";
import { type Plumbing, requireArguments, requireWholeNumber, setting } from "./shared.ts";

/** Where a page server listens, and where it writes. */
export interface PageServerArguments extends PageServerAddress {
  /** Existing directory for the memory images. */
  readonly imageDirectory: string;
  /** Existing directory for the log. @defaultValue the image directory */
  readonly workDirectory?: string | undefined;
  readonly verbosity?: 0 | 1 | 2 | 3 | 4 | undefined;
  /** As it is given to the dump that sends to this server. */
  readonly previousImages?: string | undefined;
  readonly extraArguments?: readonly string[] | undefined;
}

/**
 * Pure: the arguments that `criu page-server` is run with.
 *
 * @throws CriuError `ERR_CRIU_INVALID_OPTION` for what could never work
 */
export function pageServerArguments(
  options: PageServerArguments,
  plumbing: Plumbing & { readonly statusFd?: number | undefined } = { logFile: "page-server.log" },
): readonly string[] {
  requireWholeNumber("port", options.port, 1);
  return requireArguments([
    "page-server",
    ...setting("--images-dir", options.imageDirectory),
    ...setting("--work-dir", options.workDirectory),
    ...setting("--log-file", plumbing.logFile),
    `-v${options.verbosity ?? 2}`,
    ...(plumbing.configurationFiles === true ? [] : ["--no-default-config"]),
    ...setting("--address", options.address),
    ...setting("--port", options.port),
    ...setting("--prev-images-dir", options.previousImages),
    ...setting("--status-fd", plumbing.statusFd),
    ...(options.extraArguments ?? []),
  ]);
}
