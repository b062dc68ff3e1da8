import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import type { ApiServer } from "../../e2e/api-server/harness/api-server.ts";
import { setUnschedulable } from "../../e2e/api-server/harness/nodes.ts";
import { startManagerProcess } from "../../e2e/api-server/manager/manager-process.ts";
import { openWatchers } from "./watchers.ts";

/** What a manager stands while it is asked. */
export interface Load {
  readonly watchers: number;
  /** Changes of the state of watched nodes that were really made, a second. */
  readonly updatesPerSecond: number;
  readonly requestsPerSecond: number;
  /** Of the answers to `GET /v1/nodes/{name}`, in milliseconds. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly errors: number;
  /** From the patch's answer by the API server until a watcher had the event, in milliseconds; `undefined` without updates. */
  readonly eventMs: { readonly p50: number; readonly p99: number; readonly count: number } | undefined;
  readonly residentMegabytes: number;
}

/** How long requests are made, in seconds, and by how many clients at once. */
const Seconds = 15;
const Connections = 50;

/** Asks one manager as fast as it answers, with some clients that only watch, and with nodes that change. */
export async function measureLoad(
  server: ApiServer,
  options: {
    readonly nodes: readonly string[];
    readonly watchers: number;
    readonly updatesPerSecond: number;
    readonly token: string;
  },
): Promise<Load> {
  await using manager = await startManagerProcess(server, { token: options.token });
  await manager.untilReady(60_000);
  const watched = options.nodes.slice(0, Math.max(1, options.watchers));
  using watchers = await openWatchers(manager.url, watched.slice(0, options.watchers));
  const updates = startUpdates(server, watched, options.updatesPerSecond, watchers.changedAt);
  const result = await cannon(`${manager.url}/v1/nodes/${watched[0]}`);
  const updatesPerSecond = await updates.stop();
  const { p50, p99, max } = result.latency;
  return {
    watchers: options.watchers,
    updatesPerSecond,
    requestsPerSecond: result.requests.average,
    latencyMs: { p50, p99, max },
    errors: result.errors + result.non2xx + result.timeouts,
    eventMs: watchers.latency(),
    residentMegabytes: await manager.residentMegabytes(),
  };
}

/** Cordons and uncordons one node after the other, at a steady pace. */
function startUpdates(
  server: ApiServer,
  nodes: readonly string[],
  perSecond: number,
  changedAt: (node: string, at: number) => void,
): {
  /** @returns how many a second were made */
  stop(): Promise<number>;
} {
  let stopped = false;
  let begun = 0;
  let made = 0;
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    while (!stopped) {
      const number = begun++;
      const waitMs = startedAt + (number * 1000) / perSecond - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (stopped) return;
      const node = nodes[number % nodes.length] ?? "";
      await setUnschedulable(server, node, Math.floor(number / nodes.length) % 2 === 0);
      changedAt(node, performance.now());
      made += 1;
    }
  };
  const workers = perSecond === 0 ? [] : Array.from({ length: 4 }, worker);
  return {
    async stop() {
      stopped = true;
      await Promise.all(workers);
      return (made * 1000) / (performance.now() - startedAt);
    },
  };
}

/** What is read of autocannon's `--json`. */
interface CannonResult {
  readonly requests: { readonly average: number };
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly errors: number;
  readonly timeouts: number;
  readonly non2xx: number;
}

/** In a process of its own, so that it does not measure this one. */
async function cannon(url: string): Promise<CannonResult> {
  const program = createRequire(import.meta.url).resolve("autocannon");
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, "--json", "--no-progress", "-c", String(Connections), "-d", String(Seconds), url],
    { maxBuffer: 1 << 24 },
  );
  return JSON.parse(stdout);
}
