import type { Config } from "@crik/config";
import type { Criu } from "@crik/criu-driver";
import type { PreflightFacts, PreflightVerdict } from "@crik/wrapper";
import type { Output } from "../output.ts";

/** What was found out, and what CRIU was found. */
export interface Preflight extends PreflightVerdict {
  /** As `4.2.1`; `undefined` when CRIU could not be run. */
  readonly criuVersion: string | undefined;
}

/**
 * Finds out at the start, before anything can be lost, whether a checkpoint made here could be restored, and says what to change if not.
 *
 * @param bundledVersion - of the bundle's CRIU, which need not be asked: to run it takes longer than all else that a start does
 */
export async function preflight(
  config: Config,
  criu: Pick<Criu, "version">,
  bundledVersion: string | undefined,
  output: Output,
): Promise<Preflight> {
  const { judge, preflightFacts } = await import("@crik/wrapper");
  const version = parseVersion(bundledVersion);
  const facts = await preflightFacts(
    version === undefined ? criu : { version: async () => version },
    config.imageDirectory,
  );
  const verdict = judge(facts, config.criu.mode);
  for (const { message, remedy } of verdict.problems) {
    output.warn(
      { remedy },
      `a checkpoint made here could not be restored, so SIGTERM will be a plain SIGTERM: ${message}`,
    );
  }
  const warnings = verdict.capable ? verdict.warnings : [];
  for (const { message, remedy } of warnings) output.warn({ remedy }, message);
  return { ...verdict, criuVersion: bundledVersion ?? versionText(facts.criuVersion) };
}

function versionText(version: PreflightFacts["criuVersion"]): string | undefined {
  if (version === undefined) return undefined;
  const { major, minor, sublevel = 0 } = version;
  return `${major}.${minor}${sublevel === 0 ? "" : `.${sublevel}`}`;
}

function parseVersion(text: string | undefined): Awaited<ReturnType<Criu["version"]>> | undefined {
  const [, major, minor, sublevel] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text ?? "") ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return { major: Number(major), minor: Number(minor), sublevel: Number(sublevel ?? 0) };
}
