import type { ServerResponse } from "node:http";
import { unknownNode } from "../record.ts";
import { encodedRecord } from "./encoded.ts";
import type { Observe, WatchEnd } from "./observation.ts";
import type { NodeStateStore } from "./store.ts";
import { createWatcher, type Watcher } from "./watcher.ts";

/** All open watches of a router. */
export interface NodeStateWatches {
  /** How many there are. */
  readonly count: number;
  /** Ends all of them, for a graceful stop. Each client sees the end of its stream and connects anew, to another replica if this one is gone. */
  end(): void;
}

/** What {@link createWatches} needs. */
export interface WatchesOptions {
  readonly store: NodeStateStore;
  readonly ready: () => boolean;
  readonly heartbeatMs: number;
  /** A client that has not taken an event for so long is cut off. */
  readonly slowMs: number;
  readonly maxWatchers: number;
  readonly observe: Observe;
}

/** Beside the interface for everyone: what the router uses. */
export interface Watches extends NodeStateWatches {
  /** @returns false, and nothing is written, when there are as many as may be */
  open(name: string, response: ServerResponse): boolean;
}

/** An open watch, and why it ends when that was decided here. */
interface OpenWatch {
  readonly watcher: Watcher;
  ending?: WatchEnd;
}

/** How soon a watch ends after the server has turned not ready. */
const LookMs = 1000;

/** No watch yet. One timer serves all of them, and runs only while there are any. */
export function createWatches(options: WatchesOptions): Watches {
  const { store, ready, heartbeatMs, slowMs, maxWatchers, observe } = options;
  const now = (): number => performance.now();
  const open = new Set<OpenWatch>();
  let timer: NodeJS.Timeout | undefined;

  function end(watch: OpenWatch, reason: WatchEnd): void {
    if (watch.ending !== undefined) return;
    watch.ending = reason;
    watch.watcher.end();
  }

  function look(): void {
    const isReady = ready();
    for (const watch of open) {
      if (watch.watcher.stuckMs() >= slowMs) {
        watch.ending ??= "slow";
        watch.watcher.destroy();
      } else if (isReady) watch.watcher.beat(heartbeatMs);
      else end(watch, "not-ready");
    }
  }

  function closed(watch: OpenWatch, durationMs: number): void {
    open.delete(watch);
    if (open.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    observe({ type: "watch-ended", reason: watch.ending ?? "client", durationMs });
  }

  return {
    get count() {
      return open.size;
    },
    end() {
      for (const watch of open) end(watch, "stopped");
    },
    open(name, response) {
      if (open.size >= maxWatchers) return false;
      const since = now();
      const first = encodedRecord(store.get(name) ?? unknownNode(name));
      const watch: OpenWatch = { watcher: createWatcher(response, now) };
      open.add(watch);
      timer ??= setInterval(look, Math.min(LookMs, heartbeatMs, slowMs));
      const unsubscribe = store.subscribe(name, (record) => {
        // What comes while the list is not complete is not the present state.
        if (ready()) watch.watcher.send(encodedRecord(record ?? unknownNode(name)));
        else end(watch, "not-ready");
      });
      response.once("close", () => {
        unsubscribe();
        closed(watch, now() - since);
      });
      observe({ type: "watch-started" });
      watch.watcher.send(first);
      return true;
    },
  };
}
