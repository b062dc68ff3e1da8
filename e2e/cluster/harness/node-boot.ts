import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory, exists } from "../../harness/cache.ts";
import type { NodeDescription } from "./description.ts";
import { waitFor } from "./wait.ts";

/** A machine that is on, and how to turn it off. */
export interface BootedNode {
  readonly description: NodeDescription;
  /** Ends every process in it at once. */
  powerOff(): Promise<void>;
}

/** Where the node's files go, and what it shares with the others. */
export interface BootOptions {
  readonly name: string;
  readonly index: number;
  readonly directory: string;
  /** A folder that every node has at `/var/lib/crik-shared`. */
  readonly sharedDirectory: string;
}

const firstProcess = fileURLToPath(new URL("../programs/node.sh", import.meta.url));

/**
 * Makes the namespaces of a node. Its first process ends with the thread that called this, whatever ends that, and
 * everything in the node ends with its first process: the kernel sees to both.
 */
export async function bootNode(options: BootOptions): Promise<BootedNode> {
  const { name, index, directory } = options;
  await mkdir(directory, { recursive: true });
  await using log = await open(join(directory, "boot.log"), "a");
  const namespaces = ["--mount", "--net", "--pid", "--uts", "--kill-child"];
  const script = ["sh", firstProcess, directory, cacheDirectory, options.sharedDirectory, name];
  const holder = spawn("setpriv", ["--pdeathsig", "KILL", "unshare", ...namespaces, ...script], {
    stdio: ["ignore", log.fd, log.fd],
    cwd: "/",
  });
  await once(holder, "spawn");
  const ended = once(holder, "exit");
  const isOn = (): boolean => holder.exitCode === null && holder.signalCode === null;
  try {
    const ready = join(directory, "ready");
    await waitFor(async () => !isOn() || exists(ready), {
      what: `the namespaces of ${name}`,
      timeoutMs: 30_000,
      intervalMs: 20,
    });
    if (!isOn()) throw new Error(`${name} did not boot: ${await readFile(join(directory, "boot.log"), "utf8")}`);
    const children = await readFile(`/proc/${holder.pid}/task/${holder.pid}/children`, "utf8");
    const pid = Number(children.trim());
    // To kill 0 would be to kill ourselves.
    if (!(pid > 1)) throw new Error(`${name} has no first process: ${children}`);
    return {
      description: { name, index, pid, directory },
      powerOff: async () => {
        // The holder waits for the first process: as long as it is there, nobody else has that pid.
        if (isOn()) killIfAlive(pid);
        // The kernel buries the first process after all the others.
        await ended;
      },
    };
  } catch (error) {
    holder.kill("SIGKILL");
    await ended;
    throw error;
  }
}

/** Sends SIGKILL to the first process of a node, which may be gone already. */
export function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
