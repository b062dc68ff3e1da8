import { existsSync, type FSWatcher, watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runDirectory } from "../e2e/harness/run-directory.ts";

/** Knows when the containers of this process have begun to run. */
export interface StartWatch extends Disposable {
  /**
   * The moment (of `performance.now()`) at which PID 1 was let go.
   *
   * @throws Error when it was not seen
   */
  startedAt(id: string): number;
}

/**
 * Watches runc's state: its `start` lets PID 1 go by reading from `exec.fifo` and removes that. The harness itself
 * knows of a start only when runc has ended, and on a busy machine a restored application may have spoken by then.
 */
export async function watchStarts(): Promise<StartWatch> {
  const state = join(await runDirectory(), "runc");
  await mkdir(state, { recursive: true });
  const starts = new Map<string, number>();
  const folders = new Map<string, FSWatcher>();
  const watchContainer = (id: string): void => {
    const fifo = join(state, id, "exec.fifo");
    const watcher = watch(join(state, id), (_event, name) => {
      if (name !== "exec.fifo" || existsSync(fifo)) return;
      starts.set(id, performance.now());
      watcher.close();
    });
    folders.set(id, watcher);
  };
  const watcher = watch(state, (_event, id) => {
    // The same event tells that a folder has gone.
    if (id !== null && !folders.has(id) && existsSync(join(state, id))) watchContainer(id);
  });
  return {
    startedAt: (id) => {
      const at = starts.get(id);
      if (at === undefined) throw new Error(`the start of ${id} was not seen`);
      return at;
    },
    [Symbol.dispose]: () => {
      for (const one of [watcher, ...folders.values()]) one.close();
    },
  };
}
