import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { TaskExit } from "@crik/criu-driver";
import { WrapperError } from "../error.ts";
import { createTask, type Task } from "./task.ts";

/** What a fresh start needs. */
export interface StartTaskOptions {
  readonly command: readonly [file: string, ...args: string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** Path of the crik-init program. */
  readonly init: string;
  /** crik's own folder. */
  readonly runDirectory: string;
}

/** Descriptor of the init's report in the child: the first one after stdio. */
const ReportDescriptor = 3;
/** Between two looks at the report, in milliseconds: an exec takes about one. */
const LookAgainMs = 1;

/**
 * Starts the command under crik-init, the root of the tree that is dumped later, in a session of its own and with crik's stdio.
 *
 * The init closes its report as soon as it has spoken: nothing of crik's may be open in a tree that CRIU dumps. It reports into a file, since to read a
 * pipe the runtime loads its whole network part, a third of a megabyte that would stay.
 * @throws {@link WrapperError} `ERR_WRAPPER_COMMAND_NOT_FOUND` or `ERR_WRAPPER_COMMAND_NOT_EXECUTABLE`: nothing runs
 */
export async function startTask({ command, environment, init, runDirectory }: StartTaskOptions): Promise<Task> {
  const file = join(runDirectory, "started");
  const descriptor = openSync(file, "ax", 0o600);
  try {
    const child = spawn(init, ["init", "--report-fd", String(ReportDescriptor), "--", ...command], {
      stdio: ["inherit", "inherit", "inherit", descriptor],
      env: environment,
      detached: true,
    });
    const exited = exitOf(child);
    const report = await reportIn(file, exited);
    if (!report.startsWith("started ") || child.pid === undefined) throw startFailure(command[0], report, await exited);
    return createTask({ pid: child.pid, supervisor: child.pid, exited });
  } finally {
    closeSync(descriptor);
    rmSync(file, { force: true });
  }
}

/** The line that the init has written, or nothing when it has ended without. */
async function reportIn(file: string, exited: Promise<unknown>): Promise<string> {
  let ended = false;
  const end = (): void => {
    ended = true;
  };
  exited.then(end, end);
  for (;;) {
    const last = ended;
    const text = readFileSync(file, "utf8");
    if (last || text.includes("\n")) return text.split("\n")[0] ?? "";
    await new Promise((resolve) => setTimeout(resolve, LookAgainMs));
  }
}

function exitOf(child: ChildProcess): Promise<TaskExit> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      resolve(signal === null ? { kind: "exited", code: code ?? 0 } : { kind: "signaled", signal }),
    );
  });
}

function startFailure(file: string, report: string, exit: TaskExit): WrapperError {
  const [, errno = "", why = ""] = /^failed (\d+) (.*)$/.exec(report) ?? [];
  if (Number(errno) === constants.errno.ENOENT) {
    return new WrapperError("ERR_WRAPPER_COMMAND_NOT_FOUND", `command not found: ${file}`, {
      hint: "check the spelling, the PATH of the container, and that an interpreter named in the first line of a script exists",
    });
  }
  if (errno !== "") {
    return new WrapperError("ERR_WRAPPER_COMMAND_NOT_EXECUTABLE", `command cannot be executed: ${file}: ${why}`, {
      hint: "check its mode (chmod +x), its architecture, and its interpreter",
    });
  }
  return new WrapperError(
    "ERR_WRAPPER_INIT",
    `crik-init ended before the command was started: ${JSON.stringify(exit)}`,
  );
}
