import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory } from "./cache.ts";

const runsDirectory = join(cacheDirectory, "runs");
const ownerFile = "owner.json";

/** Who made a run directory: a pid alone may be given to another process later. */
interface Owner {
  readonly pid: number;
  readonly startTime: string;
}

let current: Promise<string> | undefined;

/**
 * The folder for everything that this process's containers leave on the machine: their roots, the runtime's state,
 * image directories. It is removed when the process ends, however it ends.
 */
export function runDirectory(): Promise<string> {
  current ??= createRunDirectory();
  return current;
}

async function createRunDirectory(): Promise<string> {
  const directory = join(runsDirectory, `${process.pid}-${randomBytes(4).toString("hex")}`);
  await mkdir(directory, { recursive: true });
  const owner: Owner = { pid: process.pid, startTime: startTime(process.pid) ?? "" };
  await writeFile(join(directory, ownerFile), JSON.stringify(owner));
  startGuardian(directory);
  return directory;
}

/**
 * A shell in a session of its own that waits for the end of its input: the kernel closes the other end whatever
 * ends this process, Ctrl-C, a crash or SIGKILL. Then it sweeps.
 */
function startGuardian(directory: string): ChildProcess {
  const sweeper = fileURLToPath(new URL("sweep.ts", import.meta.url));
  const guardian = spawn(
    "sh",
    ["-c", 'cat >/dev/null; exec "$@"', "crik-guardian", process.execPath, sweeper, directory],
    {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      cwd: "/",
    },
  );
  guardian.unref();
  if (guardian.stdin !== null && "unref" in guardian.stdin && typeof guardian.stdin.unref === "function") {
    guardian.stdin.unref();
  }
  return guardian;
}

/** Run directories whose owner is gone. */
export async function deadRunDirectories(): Promise<readonly string[]> {
  const dead: string[] = [];
  for (const name of await readdir(runsDirectory).catch(() => [])) {
    const directory = join(runsDirectory, name);
    const owner = await readOwner(directory);
    // Without its marker it was made this very moment, or removed; its own guardian looks after it.
    if (owner !== undefined && startTime(owner.pid) !== owner.startTime) dead.push(directory);
  }
  return dead;
}

async function readOwner(directory: string): Promise<Owner | undefined> {
  const text = await readFile(join(directory, ownerFile), "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Field 22 of `/proc/PID/stat`: a pid and its start time together name a process for as long as the machine is up. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
