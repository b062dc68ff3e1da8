import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { compile } from "../scripts/zig.ts";
import { type NativePrograms, nativePrograms } from "../src/native-programs.ts";

/** The programs that the build has made. */
export const programs: NativePrograms = nativePrograms();

/** How a process ended, and all that it wrote. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines on descriptor 3. */
  readonly report: readonly string[];
}

/** A process that was started. */
export interface Running {
  readonly pid: number;
  readonly outcome: Promise<Outcome>;
  kill(signal: NodeJS.Signals | number): void;
  /** The number after `word` in a line of the report; waits for the line. */
  reported(word: string): Promise<number>;
  /** Waits until this was written to stdout. */
  wrote(text: string | RegExp): Promise<void>;
  stdout(): string;
}

/** Settings of one process. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
}

/** Starts a program with a pipe as descriptor 3. It is killed after 20 s, so that a hanging test leaves nothing behind. */
export function start(command: readonly [string, ...string[]], options: StartOptions = {}): Running {
  const [file, ...args] = command;
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...options.env },
    cwd: options.cwd,
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  const stdout = collect(child.stdio[1]);
  const stderr = collect(child.stdio[2]);
  const report = collect(child.stdio[3] as Readable | null);
  const lines = (): readonly string[] => report().split("\n").slice(0, -1);
  const number = (word: string): number | undefined => {
    const match = lines().find((line) => line.startsWith(`${word} `));
    return match === undefined ? undefined : Number(match.split(" ")[1]);
  };
  return {
    pid: child.pid ?? -1,
    outcome: ended(child).then(({ code, signal }) => ({
      code,
      signal,
      stdout: stdout(),
      stderr: stderr(),
      report: lines(),
    })),
    kill: (signal) => {
      process.kill(child.pid ?? -1, signal);
    },
    reported: async (word) => {
      await until(() => number(word) !== undefined, `"${word}" in the report`);
      return number(word) ?? -1;
    },
    wrote: (text) =>
      until(
        () => (typeof text === "string" ? stdout().includes(text) : text.test(stdout())),
        `${String(text)} on stdout`,
      ),
    stdout,
  };
}

/** Runs a program to its end. */
export function run(command: readonly [string, ...string[]], options: StartOptions = {}): Promise<Outcome> {
  return start(command, options).outcome;
}

function collect(stream: Readable | null): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** `exit`, not `close`: a daemon may hold the pipes for longer. */
async function ended(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number | null; signal: NodeJS.Signals | null }>();
  child.once("exit", (code, signal) => resolve({ code, signal }));
  const end = await promise;
  // What was written last may still be on its way.
  await delay(5);
  for (const stream of child.stdio) stream?.destroy();
  return end;
}

/** Waits until something is so, for 10 s at most. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`still waiting for ${what}`);
    await delay(5);
  }
}

/** What /proc says about a process: `undefined` when there is none. */
export interface ProcessFacts {
  readonly state: string;
  readonly parent: number;
  readonly session: number;
}

export function facts(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", parent, , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent), session: Number(session) };
  } catch {
    return undefined;
  }
}

/** Whether a process exists and has not ended. */
export function alive(pid: number): boolean {
  const state = facts(pid)?.state;
  return state !== undefined && state !== "Z" && state !== "X";
}

export function children(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

export function descriptors(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`);
}

/** A field of /proc/PID/status. */
export function status(pid: number, field: string): string | undefined {
  return new RegExp(`^${field}:\\s*(.*)$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
}

/** Compiles probe.c once: static, as the programs are. */
export function probe(): Promise<string> {
  return compileOnce("probe.c", ["-static", "-no-pie"]);
}

/** Compiles musl-probe.c once, for musl's loader to run. */
export function muslProbe(): Promise<string> {
  return compileOnce("musl-probe.c", ["-shared", "-fPIC", "-Wl,-e,start"]);
}

async function compileOnce(name: string, flags: readonly string[]): Promise<string> {
  const directory = fileURLToPath(new URL(".", import.meta.url));
  const digest = createHash("sha256")
    .update(await readFile(join(directory, name)))
    .update(flags.join())
    .digest("hex");
  const program = join(homedir(), ".cache/crik/init-probe", digest.slice(0, 16));
  if (existsSync(program)) return program;
  await mkdir(dirname(program), { recursive: true });
  const made = `${program}.${process.pid}`;
  const architecture = process.arch === "arm64" ? "arm64" : "x64";
  await compile({ architecture, sources: [name], flags, output: made, directory });
  await rename(made, program);
  return program;
}
