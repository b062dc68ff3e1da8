import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckpointStore } from "@crik/checkpoint-store";
import { type Config, loadConfig } from "@crik/config";
import { createCriu } from "@crik/criu-driver";
import { applicationEnvironment } from "@crik/init";
import {
  createWrapper,
  fifoMaker,
  reserveRoom,
  type StopReason,
  taskEnvironment,
  type WrapperLogEvent,
} from "@crik/wrapper";
import type { RunCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { ExitCode } from "../exit-codes.ts";
import { createOutput, type Output } from "../output.ts";
import { reportConfigWarnings } from "../report-configuration.ts";
import { exitCodeOf } from "../run/exit-code.ts";
import { failureReasonText } from "../run/failure-reason.ts";
import { nodeStateOf } from "../run/node-state.ts";
import { outOfMemoryKills } from "../run/out-of-memory.ts";
import { policyOf, settingsOf } from "../run/policy.ts";
import { preflight } from "../run/preflight.ts";
import { findPrograms, type Programs } from "../run/programs.ts";
import {
  type Ending,
  failureMessage,
  outOfMemoryText,
  TerminationMessageFile,
  terminationMessage,
  writeTerminationMessage,
} from "../run/termination-message.ts";
import { crikVersion } from "../version.ts";

/** After this the start is over, and what only it needed can be given back, in milliseconds. */
const SettleMs = 200;

/**
 * Runs the application under crik: restored, when the image directory has a checkpoint, else started; and checkpointed when it is told to stop.
 *
 * @returns the application's own exit status, 128+n when it died of signal n, or crik's
 */
export async function run(command: RunCommand, context: CommandContext): Promise<ExitCode> {
  try {
    return await runApplication(command, context);
  } catch (error) {
    // The log has the whole of it, with what to do.
    writeTerminationMessage(TerminationMessageFile, failureMessage(error));
    throw error;
  }
}

async function runApplication(command: RunCommand, context: CommandContext): Promise<ExitCode> {
  const { config, warnings } = await loadConfig({
    file: command.configFile.path,
    fileMayBeAbsent: !command.configFile.explicit,
    env: context.env,
    flags: command.flags,
  });
  const output = createOutput(context, config.log);
  reportConfigWarnings(warnings, output);
  if (config.imageDirectory === undefined) {
    output.warn(
      {},
      "no image directory is configured: the application is supervised, and never checkpointed (--image-dir, or imageDir in the configuration)",
    );
  }
  const runDirectory = makeRunDirectory();
  try {
    const ending = await supervise({ command, context, config, output, runDirectory });
    report(ending, output);
    return exitCodeOf(ending.outcome, config.exitCodeAfterCheckpoint);
  } finally {
    rmSync(runDirectory, { recursive: true, force: true });
  }
}

async function supervise(parts: {
  readonly command: RunCommand;
  readonly context: CommandContext;
  readonly config: Config;
  readonly output: Output;
  readonly runDirectory: string;
}): Promise<Ending> {
  const { command, context, config, output, runDirectory } = parts;
  const programs = findPrograms(context.env["CRIK_HOME"], config.criu.path);
  const criu = createCriu({
    command: programs.criu,
    dumpCommand: programs.criuDump,
    keeper: [programs.native.init, "keep"],
    hook: programs.native.hook,
    runDirectory,
  });
  const store =
    config.imageDirectory === undefined
      ? undefined
      : await open(config, config.imageDirectory, programs.native.init, output);
  const verdict = store === undefined ? undefined : await preflight(config, criu, programs.criuVersion, output);
  const wrapper = createWrapper({
    command: command.command,
    environment: environmentOf(context, config, programs),
    policy: policyOf(config, verdict?.capable ?? false),
    settings: settingsOf(config),
    store,
    criu,
    mode: verdict?.mode ?? "unprivileged",
    ownClock: verdict?.ownClock,
    init: programs.native.init,
    ownIpcCommand: [programs.native.init, "exec", "--unshare-ipc", "--", ...programs.criuDump],
    runDirectory,
    versions: { crik: crikVersion, criu: verdict?.criuVersion ?? "unknown" },
    nodeState: verdict?.capable === true ? nodeStateOf(config, output) : undefined,
    log: output,
  });
  let stopReason: StopReason | undefined;
  let dumpError: Error | undefined;
  wrapper.on("transition", (from, to, input) => {
    if (to.name === "running" && from.name !== "running") setTimeout(() => context.shrinkMemory?.(), SettleMs).unref();
    if (to.name === "stopping") stopReason = to.because;
    if (input.type === "dump-failed") dumpError = input.error;
    if (from.name !== to.name) output.debug({ from: from.name, to: to.name, input: input.type }, "state");
  });
  const outcome = await wrapper.run();
  return { outcome, stopReason, dumpError, outOfMemoryKills: outOfMemoryKills() };
}

async function open(config: Config, directory: string, init: string, output: Output): Promise<CheckpointStore> {
  const { openStore } = await import("@crik/checkpoint-store");
  // Different at every start of a container: a claim of the one before, that died, is not ours.
  const claimant = `${hostname()
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .slice(0, 40)}-${randomName()}`;
  return openStore({ directory, claimant, digest: config.digest, log: output, makeFifo: fifoMaker(init) });
}

/** Eight hexadecimal digits. By the runtime's own generator: loading node:crypto costs a fifth of a megabyte for as long as crik lives. */
function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function environmentOf(context: CommandContext, config: Config, programs: Programs): Record<string, string> {
  return taskEnvironment(applicationEnvironment(context.env), {
    noIoUringLibrary:
      config.imageDirectory !== undefined && config.prevent.ioUring ? programs.native.preload.noIoUring : undefined,
    noMultipathTcp: config.imageDirectory !== undefined && config.prevent.multipathTcp,
  });
}

/** /dev/shm is there also when the root is read-only, and a socket's path in it is short. */
function makeRunDirectory(): string {
  for (const parent of ["/dev/shm", "/run", tmpdir()]) {
    const made = makeFolderWithRoom(parent);
    if (made !== undefined) return made;
  }
  throw new Error(
    "none of /dev/shm, /run and the folder for temporary files can be written to: mount an emptyDir at one of them",
  );
}

/** `undefined` where nothing can be written: none of these folders is in every image, and a shared one may be full. */
function makeFolderWithRoom(parent: string): string | undefined {
  let made: string | undefined;
  try {
    mkdirSync(parent, { recursive: true });
    made = mkdtempSync(join(parent, "crik-"));
    reserveRoom(made);
    return made;
  } catch {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    return undefined;
  }
}

/** What the wrapper's own log has not told: an error is shown with its hint and causes. Kubernetes is told in one line. */
function report(ending: Ending, output: Output): void {
  const { outcome, outOfMemoryKills: kills } = ending;
  const fail = (event: WrapperLogEvent, error: Error | undefined, text: string): void =>
    output.error({ event, error }, text);
  const message = terminationMessage(ending);
  if (message !== undefined) writeTerminationMessage(TerminationMessageFile, message);
  if (kills > 0 && outcome.kind !== "checkpointed") output.warn({}, outOfMemoryText(kills));
  if (outcome.kind === "task-failed") fail("not-started", outcome.error, "the command could not be started");
  if (outcome.kind === "failed") fail("failed", outcome.error, `crik failed: ${failureReasonText(outcome.because)}`);
}
