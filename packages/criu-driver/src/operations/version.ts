import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CriuError } from "../error.ts";
import type { CriuOptions } from "../options.ts";
import { makePrivateFolder } from "../private-folder.ts";
import { type ProgramEnd, startQuery } from "../run.ts";
import { environmentOf } from "./context.ts";

/** CRIU's version. */
export interface CriuVersion {
  readonly major: number;
  readonly minor: number;
  readonly sublevel: number;
  /** Set when CRIU was built from a git tree between releases. */
  readonly gitId?: string;
}

/** Runs `criu --version`. See {@link Criu.version} for what it throws. */
export async function readVersion(driver: CriuOptions, signal: AbortSignal | undefined): Promise<CriuVersion> {
  const { end, output, argv } = await runForOutput(driver, ["--version"], signal);
  const version = parseVersion(output);
  if (end.exitCode === 0 && version !== undefined) return version;
  throw new CriuError(
    "ERR_CRIU_NOT_FOUND",
    `${argv[0]} does not tell a version of CRIU: ${firstLine(output) || endText(end)}`,
    {
      hint: "install CRIU 4.2 or newer, or give its path as `command`",
    },
  );
}

/** Pure: reads `Version: 4.2.1` and `GitID: v4.2-17-gabcdef`. */
export function parseVersion(text: string): CriuVersion | undefined {
  const version = /^Version: (\d+)\.(\d+)(?:\.(\d+))?/m.exec(text);
  if (version === null) return undefined;
  const gitId = /^GitID: (\S+)/m.exec(text)?.[1];
  return {
    major: Number(version[1]),
    minor: Number(version[2]),
    sublevel: Number(version[3] ?? 0),
    ...(gitId === undefined ? {} : { gitId }),
  };
}

/** Pure: less than, equal to or greater than zero, as one version is older than, the same as or newer than another. */
export function compareVersions(one: Omit<CriuVersion, "gitId">, other: Omit<CriuVersion, "gitId">): number {
  return one.major - other.major || one.minor - other.minor || one.sublevel - other.sublevel;
}

/**
 * Runs CRIU for what it prints.
 *
 * @throws CriuError `ERR_CRIU_NOT_FOUND` when it cannot be started, `ERR_CRIU_ABORTED`
 */
export async function runForOutput(
  driver: CriuOptions,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ readonly end: ProgramEnd; readonly output: string; readonly argv: readonly string[] }> {
  await using folder = await makePrivateFolder({ base: driver.runDirectory });
  const [program, ...prefix] = driver.command ?? ["criu"];
  const argv = [program, ...prefix, ...args] as const;
  const what = [program, ...args].join(" ");
  if (signal?.aborted)
    throw new CriuError("ERR_CRIU_ABORTED", `${what} was aborted before it began`, { cause: signal.reason });
  const outputFile = join(folder.path, "output");
  const criu = startQuery({ argv, outputFile, env: environmentOf(driver) });
  const onAbort = (): void => void criu.kill("SIGKILL");
  signal?.addEventListener("abort", onAbort, { once: true });
  const end = await criu.ended;
  signal?.removeEventListener("abort", onAbort);
  if (signal?.aborted) throw new CriuError("ERR_CRIU_ABORTED", `${what} was aborted`, { cause: signal.reason });
  if (end.startError !== undefined) {
    throw new CriuError("ERR_CRIU_NOT_FOUND", `${program} cannot be run: ${end.startError.message}`, {
      cause: end.startError,
      hint: "install CRIU 4.2 or newer, or give its path as `command`",
    });
  }
  return { end, output: await readFile(outputFile, "utf8"), argv };
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").slice(0, 200);
}

function endText({ exitCode, signal }: ProgramEnd): string {
  return signal === undefined ? `exit code ${exitCode}` : `killed by ${signal}`;
}
