/**
 * What a process ends with: 0 to 124 is the application's own, 128+n an application ended by signal n, and the rest is crik's own,
 * as docker, tini and sysexits.h have it.
 */
export type ExitCode = number;

/** The exit statuses that crik itself gives. */
export interface CrikExitCodes {
  readonly ok: 0;
  /** `verify` found a damaged checkpoint. */
  readonly found: 1;
  /** The command line is wrong (EX_USAGE of sysexits.h), or names a checkpoint that is not there. */
  readonly usage: 64;
  /** The configuration is wrong (EX_CONFIG). */
  readonly config: 78;
  /** crik itself failed. */
  readonly wrapperFailed: 125;
  /** The application's program is there but cannot be executed. */
  readonly cannotExecute: 126;
  /** There is no such program. */
  readonly notFound: 127;
}

export const ExitCodes: CrikExitCodes = {
  ok: 0,
  found: 1,
  usage: 64,
  config: 78,
  wrapperFailed: 125,
  cannotExecute: 126,
  notFound: 127,
};
