import { readFileSync, watch } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { CrikContainer, GenerationState } from "./crik.ts";
import type { Volume } from "./volume.ts";

/** Resolves when a generation of the volume comes to a state: the moment is crik's rename. */
export function reached(volume: Volume, state: GenerationState): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(volume.path, (_event, name) => {
      if (name === null || !name.includes(`.${state}`)) return;
      watcher.close();
      resolve();
    });
  });
}

/**
 * Kills CRIU, as the kernel does when memory is short, some time after a generation has come to a state.
 *
 * @returns how many processes it was
 */
export async function killCriuAt(box: CrikContainer, moment: Promise<void>, delayMs = 0): Promise<number> {
  await moment;
  if (delayMs > 0) await sleep(delayMs);
  return signalCriu(box, "SIGKILL");
}

/**
 * Sends a signal to CRIU, as which it may have several processes.
 *
 * @returns how many it was
 */
export function signalCriu(box: CrikContainer, signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): number {
  const found = descendants(box.pid).filter((pid) => / \S*\/criu (dump|restore) /.test(commandLine(pid)));
  for (const pid of found) process.kill(pid, signal);
  return found.length;
}

/** Read without a pause, so that a process that is seen is still there to be killed. */
function descendants(pid: number): readonly number[] {
  const children = readText(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** crik-init carries CRIU's command line as its own arguments: it is not CRIU. */
function commandLine(pid: number): string {
  const words = readText(`/proc/${pid}/cmdline`).split("\0");
  return words[0]?.endsWith("crik-init") === true ? "" : ` ${words.join(" ")} `;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
