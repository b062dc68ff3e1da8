import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import type { TaskExit } from "@crik/criu-driver";
import { WrapperError } from "../error.ts";
import { createTask, type Task } from "./task.ts";

/** What a fresh start needs. */
export interface StartTaskOptions {
  readonly command: readonly [file: string, ...args: string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** Path of the crik-init program. */
  readonly init: string;
}

/** Descriptor of the init's report pipe in the child: the first one after stdio. */
const ReportDescriptor = 3;

/**
 * Starts the command under crik-init, the root of the tree that is dumped later, in a session of its own and with crik's stdio.
 *
 * The init closes its end of the report pipe as soon as it has spoken: nothing of crik's may be open in a tree that CRIU dumps.
 * @throws {@link WrapperError} `ERR_WRAPPER_COMMAND_NOT_FOUND` or `ERR_WRAPPER_COMMAND_NOT_EXECUTABLE`: nothing runs
 */
export async function startTask({ command, environment, init }: StartTaskOptions): Promise<Task> {
  const child = spawn(init, ["init", "--report-fd", String(ReportDescriptor), "--", ...command], {
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: environment,
    detached: true,
  });
  const exited = exitOf(child);
  const report = await firstLine(child.stdio[ReportDescriptor] as Readable | null);
  if (!report.startsWith("started ") || child.pid === undefined) throw startFailure(command[0], report, await exited);
  return createTask({ pid: child.pid, supervisor: child.pid, exited });
}

function exitOf(child: ChildProcess): Promise<TaskExit> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      resolve(signal === null ? { kind: "exited", code: code ?? 0 } : { kind: "signaled", signal }),
    );
  });
}

async function firstLine(stream: Readable | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
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
