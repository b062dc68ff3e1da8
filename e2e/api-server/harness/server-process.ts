import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { basename } from "node:path";

/** A server that runs for as long as this process does, at most. */
export interface ServerProcess {
  readonly pid: number;
  /** Whether it has not ended. */
  readonly running: boolean;
  /** Ends it with SIGKILL, frozen or not, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Stops it with SIGSTOP: its connections stay open and nothing answers. */
  freeze(): void;
  /** Lets it go on with SIGCONT. */
  thaw(): void;
  /**
   * Asks again and again, for as long as the server runs, until it is ready.
   *
   * @throws Error with the end of its log when it ends, or is not ready in 120 s.
   */
  whenReady(isReady: () => Promise<boolean>): Promise<void>;
}

/** What to start, and where. */
export interface ServerProcessOptions {
  readonly argv: readonly [string, ...string[]];
  /** Its working directory and its home. */
  readonly directory: string;
  /** What it writes is appended here. */
  readonly logFile: string;
}

/**
 * Starts a server. The kernel kills it when the thread that started it ends, whatever ends that (`PR_SET_PDEATHSIG`):
 * no crash of a test leaves a server behind.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const name = basename(options.argv[0]);
  await using log = await open(options.logFile, "a");
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...options.argv], {
    cwd: options.directory,
    env: { HOME: options.directory, PATH: process.env["PATH"] },
    stdio: ["ignore", log.fd, log.fd],
  });
  await once(child, "spawn");
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} has no pid`);
  const ended = once(child, "exit");
  const running = () => child.exitCode === null && child.signalCode === null;
  const logTail = async () => (await readFile(options.logFile, "utf8")).trimEnd().split("\n").slice(-20).join("\n");
  return {
    pid,
    get running() {
      return running();
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    freeze: () => {
      child.kill("SIGSTOP");
    },
    thaw: () => {
      child.kill("SIGCONT");
    },
    whenReady: async (isReady) => {
      const deadline = performance.now() + 120_000;
      while (!(await isReady())) {
        const why = running() ? "is not ready after 120 s" : `ended with ${child.exitCode ?? child.signalCode}`;
        if (!running() || performance.now() > deadline) throw new Error(`${name} ${why}:\n${await logTail()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}
