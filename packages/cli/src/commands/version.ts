import { release, type } from "node:os";
import { arch, versions } from "node:process";
import { compareVersions, createCriu, isCriuError } from "@crik/criu-driver";
import type { VersionCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { type ExitCode, ExitCodes } from "../exit-codes.ts";
import { createOutput } from "../output.ts";
import { type CommandPrefix, findPrograms } from "../run/programs.ts";
import { crikVersion } from "../version.ts";

/** What `crik version --json` prints. Keys are stable. */
export interface VersionRecord {
  readonly crik: string;
  readonly runtime: { readonly name: "node" | "bun"; readonly version: string };
  readonly criu:
    | { readonly found: true; readonly version: string; readonly command: readonly string[] }
    | { readonly found: false; readonly problem: string };
  readonly kernel: { readonly name: string; readonly release: string };
  /** As Node.js names it: `x64`, `arm64`. */
  readonly architecture: string;
}

/** Older ones cannot dump a process with a socket on Linux 6.16 and newer. */
const oldestCriu = { major: 4, minor: 2, sublevel: 0 };

/** Tells what runs here. A CRIU that is missing is an answer, not a failure. */
export async function version(command: VersionCommand, context: CommandContext): Promise<ExitCode> {
  const output = createOutput(context, { format: command.logFormat });
  const record: VersionRecord = {
    crik: crikVersion,
    runtime:
      versions["bun"] === undefined
        ? { name: "node", version: versions.node }
        : { name: "bun", version: versions["bun"] },
    criu: await findCriu(context),
    kernel: { name: type(), release: release() },
    architecture: arch,
  };
  if (command.json) output.json(record);
  else output.result(versionText(record));
  return ExitCodes.ok;
}

async function findCriu(context: CommandContext): Promise<VersionRecord["criu"]> {
  const command = criuCommand(context.env);
  try {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(5000)]);
    const found = await createCriu({ command }).version({ signal });
    const text = `${found.major}.${found.minor}${found.sublevel === 0 ? "" : `.${found.sublevel}`}`;
    if (compareVersions(found, oldestCriu) >= 0) return { found: true, version: text, command };
    return { found: false, problem: `${command.join(" ")} is version ${text}; crik needs 4.2 or newer` };
  } catch (error) {
    if (!isCriuError(error)) throw error;
    return { found: false, problem: error.message };
  }
}

/** The CRIU that `run` would take, unless the configuration file names another one: this command reads none. */
function criuCommand(env: CommandContext["env"]): CommandPrefix {
  const path = env["CRIK_CRIU_PATH"] || undefined;
  try {
    return findPrograms(env["CRIK_HOME"], path).criu;
  } catch {
    // The native programs are missing, which says nothing about CRIU.
    return [path ?? "criu"];
  }
}

/** Pure: one line a fact. */
export function versionText({ crik, runtime, criu, kernel, architecture }: VersionRecord): string {
  return [
    `crik          ${crik}`,
    `runtime       ${runtime.name === "bun" ? "Bun" : "Node.js"} ${runtime.version}`,
    `CRIU          ${criu.found ? `${criu.version} (${criu.command.at(-1)})` : `not usable: ${criu.problem}`}`,
    `kernel        ${kernel.name} ${kernel.release}`,
    `architecture  ${architecture}`,
  ].join("\n");
}
