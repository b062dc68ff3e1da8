import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { WrapperError } from "../error.ts";
import type { Logger } from "../logger.ts";

/** Between two looks, in milliseconds. */
const LookAgainMs = 10;

/**
 * Waits until no process of this container has a pid that a checkpoint needs; to be called when the pid cursor stands above all of them, so that one that is free
 * stays free.
 *
 * On its way there the cursor passes by these pids, and whatever is started in the container in that moment gets one: an exec probe, a postStart hook, a `kubectl
 * exec`. CRIU would fail (`Can't fork for N: File exists`). Nearly all of these end soon.
 *
 * @param pids - pids and thread ids of the dumped tree
 * @throws {@link WrapperError} `ERR_WRAPPER_PIDS` after `waitMs`; the signal's reason when it aborts
 */
export async function waitForFreePids(
  pids: readonly number[],
  options: { readonly waitMs: number; readonly signal: AbortSignal; readonly log: Logger },
): Promise<void> {
  const { waitMs, signal, log } = options;
  const started = performance.now();
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    const taken = pids.find(isTaken);
    if (taken === undefined) return;
    const who = `pid ${taken}, which the checkpoint needs, is another process's of this container (${nameOf(taken)})`;
    if (performance.now() - started >= waitMs) {
      throw new WrapperError("ERR_WRAPPER_PIDS", `${who}, which has not ended within ${waitMs} ms`, {
        hint: "end it, or restart the container; a process that stays must not be started in the container before crik has restored it",
      });
    }
    if (!told) log.warn({ pid: taken }, `${who}: the restore waits for its end`);
    told = true;
    await sleep(LookAgainMs);
  }
}

/** Whether a process or thread has this id, or a process group that outlives its leader. */
function isTaken(pid: number): boolean {
  return exists(pid) || exists(-pid);
}

function exists(target: number): boolean {
  try {
    return process.kill(target, 0);
  } catch (error) {
    // EPERM: it is there, and is somebody else's.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "its name is not to be had";
  }
}
