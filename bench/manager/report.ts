import { type Row, table } from "../table.ts";
import type { Load } from "./load.ts";
import type { Sync } from "./sync.ts";

/** All that one run has measured. */
export interface ManagerResults {
  readonly date: Date;
  readonly machine: string;
  readonly durationMs: number;
  readonly syncs: readonly Sync[];
  readonly loads: readonly Load[];
}

/** The page docs/benchmarks-manager.md. Pure. */
export function report({ date, machine, durationMs, syncs, loads }: ManagerResults): string {
  return `# Benchmarks of the manager

Written by \`pnpm bench:manager\`: edit \`bench/\`, not this page.

One run on ${date.toISOString().slice(0, 10)}: ${machine}. A real etcd and kube-apiserver, the manager and the clients share these cores, with whatever else the machine was doing: **read the ratios, not the milliseconds**. Each Node has 50 images and about 18 KB as JSON, as real ones have. It took ${Math.round(durationMs / 60_000)} minutes.

## Sync

One replica, from the start of its process until \`/readyz\` says 200; its memory 15 seconds later, and the most up to then. Median of three starts, with the least and the most.

${table(
  ["nodes", "ready, ms", "of it the list, ms", "resident, MB", "peak, MB"],
  syncs.map((sync): Row => [String(sync.nodes), sync.readyMs, sync.listMs, sync.residentMegabytes, sync.peakMegabytes]),
)}

## Questions

One replica with 5,000 nodes; 50 clients that ask \`GET /v1/nodes/{name}\` again as soon as they are answered, for 15 seconds. An update cordons or uncordons a node that somebody watches; its delay is from the API server's answer to the patch until the watcher has the event.

${table(
  [
    "watchers, updates a second",
    "requests a second",
    "p50, ms",
    "p99, ms",
    "most, ms",
    "errors",
    "event p50, p99, ms",
    "resident, MB",
  ],
  loads.map(
    (load): Row => [
      `${load.watchers}, ${Math.round(load.updatesPerSecond)}`,
      String(Math.round(load.requestsPerSecond)),
      String(load.latencyMs.p50),
      String(load.latencyMs.p99),
      String(load.latencyMs.max),
      String(load.errors),
      load.eventMs === undefined
        ? "–"
        : `${load.eventMs.p50.toFixed(0)}, ${load.eventMs.p99.toFixed(0)} (${load.eventMs.count} events)`,
      load.residentMegabytes.toFixed(0),
    ],
  ),
)}
`;
}
