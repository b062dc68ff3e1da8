import { createNodeStateClient, type NodeStateClientOptions, type NodeStateWatchEvent } from "../src/client/index.ts";

/** A watch under way, and what it has told. */
export interface Watching extends AsyncDisposable {
  readonly events: readonly NodeStateWatchEvent[];
  /** `state ready`, `lost ERR_…`, one after the other. */
  readonly told: readonly string[];
  /** The next event, however long it takes. */
  next(): Promise<NodeStateWatchEvent>;
}

/** Watches a node until disposed. */
export function startWatching(options: NodeStateClientOptions, node: string): Watching {
  const controller = new AbortController();
  const events: NodeStateWatchEvent[] = [];
  const told: string[] = [];
  let taken = 0;
  let wake = (): void => {};
  const run = (async () => {
    for await (const event of createNodeStateClient(options).watch(node, { signal: controller.signal })) {
      events.push(event);
      told.push(event.type === "state" ? `state ${event.record.state}` : `lost ${event.error.code}`);
      wake();
    }
  })();
  return {
    events,
    told,
    async next() {
      while (events.length <= taken) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const event = events[taken];
      taken += 1;
      if (event === undefined) throw new Error("there is no such event");
      return event;
    },
    async [Symbol.asyncDispose]() {
      controller.abort();
      await run;
    },
  };
}

/** Waits until something is so; at the most some seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let left = 500; !holds(); left--) {
    if (left === 0) throw new Error(`${what}: not within 10 s`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
