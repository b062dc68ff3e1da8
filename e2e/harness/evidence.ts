import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Lines } from "./lines.ts";
import type { ContainerStdio } from "./stdio.ts";

/** Something of the running test that may tell why it fails. */
export interface Witness {
  /** To be called before it is removed: what it has to tell is kept. */
  leave(): Promise<void>;
}

interface Testimony {
  readonly of: string;
  tell(): Promise<string>;
}

let testimonies: Testimony[] = [];

/** Has something tell about itself, in lines, should the running test fail. */
export function witness(of: string, look: () => Promise<string>): Witness {
  let last: string | undefined;
  const testimony = { of, tell: async () => last ?? (await look().catch((error: unknown) => String(error))) };
  testimonies.push(testimony);
  return {
    leave: async () => {
      last = await testimony.tell();
    },
  };
}

/** All that there is to tell about the running test: of what has been removed, as it was then; of the rest, as it is now. */
export async function evidence(): Promise<string> {
  const parts: string[] = [];
  for (const { of, tell } of testimonies) parts.push(`--- ${of}`, await tell());
  return parts.join("\n");
}

/** Another test begins. */
export function forgetEvidence(): void {
  testimonies = [];
}

/** What a container has said, and what runs in it; or all that the tests run, when nothing does. */
export async function containerEvidence(id: string, stdio: Pick<ContainerStdio, "stdout" | "stderr">): Promise<string> {
  const output = (name: string, { all, ended }: Lines, count: number): string =>
    [`${name}, ${all.length} lines, ${ended ? "ended" : "still open"}:`, ...all.slice(-count)].join("\n  ");
  const processes = await processesOf(id);
  // Before its start and after its end it may be the runtime, or the one that waits for it, that hangs.
  const others = processes.length === 0 ? await processesBelow(process.pid) : [];
  return [
    output("stdout", stdio.stdout, 10),
    output("stderr", stdio.stderr, 100),
    ["its processes:", ...processes].join("\n  "),
    ...(others.length === 0 ? [] : [["it has none; what the tests run:", ...others].join("\n  ")]),
  ].join("\n");
}

/** By the name of their cgroup: the number of a pid namespace is given out again. Each with what it waits for. */
async function processesOf(id: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name)))
    if ((await readText(`/proc/${pid}/cgroup`)).includes(`/${id}`)) lines.push(await processLine(pid));
  return lines;
}

async function processesBelow(parent: number | string): Promise<readonly string[]> {
  const children = (await readText(`/proc/${parent}/task/${parent}/children`)).split(" ").filter(Boolean);
  const lines: string[] = [];
  for (const child of children) lines.push(await processLine(child), ...(await processesBelow(child)));
  return lines;
}

async function processLine(pid: string): Promise<string> {
  const read = (name: string): Promise<string> => readText(`/proc/${pid}/${name}`);
  const status = await read("status");
  const fields = ["NSpid", "PPid", "State", "TracerPid", "SigPnd", "ShdPnd", "SigBlk", "SigCgt"].map(
    (name) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[0].replace(/\s+/g, " ") ?? `${name}: ?`,
  );
  const command = (await read("cmdline")).replaceAll("\0", " ").slice(0, 200);
  const stack = (await read("stack"))
    .trim()
    .replace(/\[<0>\] /g, "")
    .replaceAll("\n", " < ");
  return `${command}\n    ${fields.join(", ")}, waits in ${await read("wchan")}: ${stack}`;
}

function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

/** Every file below a folder, with its size and the time of its last change. */
export async function folderEvidence(directory: string): Promise<string> {
  const lines: string[] = [];
  for (const name of (await readdir(directory, { recursive: true })).sort()) {
    const { size, mtime } = await stat(join(directory, name));
    lines.push(`${mtime.toISOString()} ${String(size).padStart(10)} ${name}`);
  }
  return lines.join("\n");
}
