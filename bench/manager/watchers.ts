import { request } from "node:http";
import { StringDecoder } from "node:string_decoder";

/** Clients that watch, a node each. */
export interface Watchers extends Disposable {
  /** A node was changed: the next event of it is measured from here. */
  changedAt(node: string, at: number): void;
  /** How long after changes their events came, in milliseconds; `undefined` when there were none. */
  latency(): { readonly p50: number; readonly p99: number; readonly count: number } | undefined;
}

/** Opens them all, and resolves when each has had its first event. */
export async function openWatchers(url: string, nodes: readonly string[]): Promise<Watchers> {
  const opening = new AbortController();
  const seenAt = new Map<string, number>();
  const changes = new Map<string, number>();
  const latencies: number[] = [];

  /** Either of the two may be known first: the answer to a patch and the event race each other. */
  const pair = (node: string): void => {
    const changed = changes.get(node);
    const seen = seenAt.get(node);
    if (changed === undefined || seen === undefined) return;
    latencies.push(Math.max(0, seen - changed));
    changes.delete(node);
    seenAt.delete(node);
  };

  const open = (node: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const asked = request(`${url}/v1/nodes/${node}/watch`, { agent: false, signal: opening.signal }, (response) => {
        const decoder = new StringDecoder();
        let first = true;
        response.on("data", (chunk: Buffer) => {
          if (!decoder.write(chunk).includes("data:")) return;
          if (first) {
            first = false;
            resolve();
            return;
          }
          seenAt.set(node, performance.now());
          pair(node);
        });
        response.on("error", reject);
      });
      asked.on("error", reject);
      asked.end();
    });

  // A few at a time: what is measured is how many may be open, not how many may come at once.
  for (let from = 0; from < nodes.length; from += 50) await Promise.all(nodes.slice(from, from + 50).map(open));

  return {
    changedAt(node, at) {
      changes.set(node, at);
      pair(node);
    },
    latency() {
      if (latencies.length === 0) return undefined;
      const sorted = latencies.toSorted((one, other) => one - other);
      const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return { p50: at(0.5), p99: at(0.99), count: sorted.length };
    },
    [Symbol.dispose]: () => opening.abort(),
  };
}
