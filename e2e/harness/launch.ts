import { type ChildProcess, spawn } from "node:child_process";
import { watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Lines } from "./lines.ts";
import type { Runtime } from "./runtime.ts";
import type { ContainerStdio } from "./stdio.ts";

/** A bundle that is ready to be started. */
export interface LaunchOptions {
  readonly runtime: Runtime;
  /** Folder of the runtime's own state. */
  readonly state: string;
  readonly bundle: string;
  readonly id: string;
  readonly stdio: ContainerStdio;
  readonly requestedAt: number;
}

/** Moments of `performance.now()`, in milliseconds. */
interface ContainerTimings {
  readonly requestedAt: number;
  /** PID 1 runs its program. */
  readonly startedAt: number;
  /** The last signal was sent; absent when none was. */
  readonly signalledAt?: number;
  /** Nobody holds the container's standard output any more: its processes are gone. */
  readonly endedAt: number;
}

/** How a container ended. */
export interface ContainerExit {
  /** As Kubernetes reports it: PID 1's own status, or 128+n when signal n ended it. */
  readonly code: number;
  /** The number of the signal that ended PID 1, else 0. Not known of a container with a terminal. */
  readonly signal: number;
  readonly timings: ContainerTimings;
}

/** The part of a container that is about its PID 1. */
export interface Launched {
  /** PID 1, as the host numbers it. */
  readonly pid: number;
  readonly stdout: Lines;
  /** The same as `stdout` when the container has a terminal. */
  readonly stderr: Lines;
  readonly exited: Promise<ContainerExit>;
  /** Sends a signal to PID 1, as the kubelet's stop does; nothing happens when it has ended. */
  signal(signal: NodeJS.Signals | number): void;
}

/** A PID 1 that runs, and how it will have ended. */
interface Started {
  readonly pid: number;
  readonly status: Promise<{ readonly code: number; readonly signal: number }>;
}

/** After the end of its PID 1 nothing of a container runs any more; for so long its output may stay open all the same, in milliseconds. */
const OutputEndMs = 20_000;

const shim = fileURLToPath(new URL("shim.pl", import.meta.url));

/** Starts a bundle; resolves when its PID 1 runs, rejects with the runtime's words when it can't. */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { stdio, requestedAt } = options;
  const started = await (stdio.kind === "tty" ? startWithTerminal(options) : startWithShim(options));
  if (started === undefined) {
    stdio.ended();
    await stdio.stderr.end;
    throw new Error(`${options.runtime.name} did not start ${options.id}: ${stdio.stderr.all.join("\n")}`);
  }
  const startedAt = performance.now();
  let running = true;
  let signalledAt: number | undefined;
  const exited = started.status.then(async ({ code, signal }): Promise<ContainerExit> => {
    running = false;
    stdio.ended();
    const stillOpen = sleep(OutputEndMs, undefined, { ref: false }).then(() => {
      throw new Error(`${options.id} ended with status ${code}, and ${OutputEndMs} ms later its output is still open`);
    });
    const timings = { requestedAt, startedAt, endedAt: await Promise.race([stdio.stdout.end, stillOpen]) };
    return { code, signal, timings: signalledAt === undefined ? timings : { ...timings, signalledAt } };
  });
  return {
    pid: started.pid,
    stdout: stdio.stdout,
    stderr: stdio.stderr,
    exited,
    signal: (name) => {
      if (!running) return;
      signalledAt = performance.now();
      try {
        process.kill(started.pid, name);
      } catch (error) {
        // It has ended this very moment.
        if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
      }
    },
  };
}

async function startWithShim(options: LaunchOptions): Promise<Started | undefined> {
  const { runtime, stdio } = options;
  const child = spawn("perl", [shim, options.bundle, options.id, ...runtime.command, "--root", options.state], {
    env: { ...runtime.environment },
    stdio: ["ignore", stdio.out, stdio.err, "pipe"],
  });
  stdio.spawned();
  const channel = child.stdio[3];
  if (channel === null || channel === undefined || !("readable" in channel)) throw new Error("no channel to the shim");
  const reports = createInterface({ input: channel })[Symbol.asyncIterator]();
  const next = async (word: string): Promise<readonly number[] | undefined> => {
    const report = (await reports.next()).value;
    return report?.startsWith(`${word} `) ? report.split(" ").slice(1).map(Number) : undefined;
  };
  const pid = (await next("started"))?.[0];
  if (pid === undefined) return undefined;
  const status = next("ended").then((numbers) => {
    const [code = -1, signal = 0] = numbers ?? [];
    return { code: signal === 0 ? code : 128 + signal, signal };
  });
  return { pid, status };
}

/**
 * With a terminal the runtime stays in the foreground and copies it to its own, which `script` gives it. Its input is
 * kept open, since at its end `script` would type Ctrl-D.
 */
async function startWithTerminal(options: LaunchOptions): Promise<Started | undefined> {
  const { runtime, stdio, bundle } = options;
  const argv = [
    ...runtime.command,
    "--root",
    options.state,
    "run",
    "-b",
    bundle,
    "--pid-file",
    join(bundle, "pid"),
    options.id,
  ];
  const command = argv.map((word) => `'${word}'`).join(" ");
  using appeared = fileAppears(bundle, "pid");
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", command, "/dev/null"], {
    env: { ...runtime.environment },
    stdio: ["pipe", stdio.out, stdio.err],
  });
  stdio.spawned();
  const status = closed(child).then((code) => ({ code, signal: 0 }));
  await Promise.race([appeared.promise, status]);
  const pid = Number(await readFile(join(bundle, "pid"), "utf8").catch(() => "0"));
  return pid === 0 ? undefined : { pid, status };
}

function closed(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
}

/** Tells when a file of a folder is there, without looking again and again. */
function fileAppears(directory: string, name: string): Disposable & { readonly promise: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(directory, (_event, changed) => {
    if (changed === name) resolve();
  });
  return { promise, [Symbol.dispose]: () => watcher.close() };
}
