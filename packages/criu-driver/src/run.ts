import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, createWriteStream, openSync } from "node:fs";
import type { Readable } from "node:stream";
import type { Command } from "./options.ts";

/** How a program of this package ended. */
export interface ProgramEnd {
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  /** It could not be started at all. */
  readonly startError?: NodeJS.ErrnoException;
}

/** A program that was started. */
export interface RunningProgram {
  /** `undefined` when it could not be started. */
  readonly pid: number | undefined;
  /** Resolves once, when the program itself has ended, whatever its children still hold open. Never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** False when it has ended already. */
  kill(signal: NodeJS.Signals): boolean;
}

/** What to run, and with which descriptors. */
export interface ProgramOptions {
  readonly argv: Command;
  /** Variables added to the environment of this process; `undefined` takes one out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** File that takes what the program prints. A file, not a pipe: what a killed restore leaves behind would hold a pipe open. */
  readonly outputFile: string;
  /** Descriptors (0, 1, 2) of this process that the program gets as they are. */
  readonly passed?: ReadonlySet<number> | undefined;
  /** Further descriptors of this process, which a keeper gets from its descriptor 4 on. */
  readonly files?: readonly number[] | undefined;
  /** In a session of its own, so that Ctrl-C in a terminal does not end CRIU half-way. @defaultValue `true` */
  readonly ownSession?: boolean | undefined;
}

/** A program with a pipe from its descriptor 3. */
export interface ReportingProgram extends RunningProgram {
  readonly report: Readable;
}

/**
 * Runs CRIU for one operation. This file is the only one that starts programs.
 *
 * execa is loaded at the first use, since an embedder may never dump or restore. It must not end CRIU when this process ends, which is its
 * default: a dump that is under way is the task's last hope.
 */
export async function startProgram(options: ProgramOptions): Promise<RunningProgram> {
  const { execa } = await import("execa");
  const [program, ...args] = options.argv;
  const fd = openSync(options.outputFile, "a", 0o600);
  try {
    // Only the descriptor is used: execa's types take no number above 9.
    const output = createWriteStream("", { fd, autoClose: false });
    const child = execa(program, args, {
      reject: false,
      buffer: false,
      cleanup: false,
      forceKillAfterDelay: false,
      detached: options.ownSession ?? true,
      env: childEnvironment(options.env),
      extendEnv: false,
      stdin: options.passed?.has(0) ? 0 : "ignore",
      stdout: options.passed?.has(1) ? 1 : output,
      stderr: options.passed?.has(2) ? 2 : output,
    });
    const ended = new Promise<ProgramEnd>((resolve) => {
      // Not by execa's promise, which comes some turns later: a tree may be let go by CRIU's death.
      child.nodeChildProcess.once("exit", (exitCode, signal) => resolve(endOf(exitCode, signal)));
      void child.then(({ cause, originalMessage }) => {
        if (child.pid !== undefined) return;
        resolve({
          startError: cause instanceof Error ? cause : new Error(originalMessage ?? "it could not be started"),
        });
      });
    });
    return { pid: child.pid, ended, kill: (signal) => child.kill(signal) };
  } finally {
    closeSync(fd);
  }
}

/**
 * Runs a keeper, which lives as long as the restored task, or a page server: both report by their descriptor 3. Without execa, so that a long life costs no
 * more memory than the child's handle.
 */
export function startReporting(options: ProgramOptions): ReportingProgram {
  const child = spawnPlainly(options, ["pipe", ...(options.files ?? [])]);
  return { ...runningOf(child), report: child.stdio[3] as Readable };
}

/** Runs CRIU for a question about itself. Without execa: such questions are asked at the start of every container, in which it would stay. */
export function startQuery(options: ProgramOptions): RunningProgram {
  return runningOf(spawnPlainly(options, []));
}

function spawnPlainly(options: ProgramOptions, more: readonly ("pipe" | number)[]): ChildProcess {
  const [program, ...args] = options.argv;
  const output = openSync(options.outputFile, "a", 0o600);
  try {
    return spawn(program, args, {
      env: childEnvironment(options.env),
      stdio: [
        options.passed?.has(0) ? 0 : "ignore",
        options.passed?.has(1) ? 1 : output,
        options.passed?.has(2) ? 2 : output,
        ...more,
      ],
    });
  } finally {
    closeSync(output);
  }
}

function runningOf(child: ChildProcess): RunningProgram {
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once("exit", (exitCode, signal) => resolve(endOf(exitCode, signal)));
    child.once("error", (startError) => {
      if (child.pid === undefined) resolve({ startError });
    });
  });
  return { pid: child.pid, ended, kill: (signal) => child.kill(signal) };
}

/** This process's environment goes to CRIU as any shell would pass it on (CRIU needs `PATH` for iptables); nothing in it configures this package. */
function childEnvironment(changes: ProgramOptions["env"]): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...process.env, ...changes })) {
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

function endOf(exitCode: number | null, signal: NodeJS.Signals | null): ProgramEnd {
  return signal === null ? { exitCode: exitCode ?? -1 } : { signal };
}
