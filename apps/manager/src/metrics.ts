import type { NodeStateObservation, NodeStateStore } from "@crik/node-state/server";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { isApiError } from "./api-error.ts";
import type { Freshness } from "./freshness.ts";
import type { ReflectorReport } from "./reflector/report.ts";

/** Everything that is measured. */
export interface Metrics {
  reflected(report: ReflectorReport): void;
  observed(observation: NodeStateObservation): void;
  /** The text for Prometheus, and its content type. */
  expose(): Promise<{ readonly text: string; readonly contentType: string }>;
}

/** What the gauges look at when they are asked. */
export interface MetricsOptions {
  readonly version: string;
  readonly store: NodeStateStore;
  readonly freshness: Freshness;
  readonly isReady: () => boolean;
  /** Open watches. */
  readonly watchers: () => number;
}

/** Metrics with a registry of their own. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  addGauges(options, registers);

  const lists = new Counter({ name: "crik_lists_total", help: "Complete lists of all nodes.", registers });
  const listSeconds = new Histogram({
    name: "crik_list_duration_seconds",
    help: "How long complete lists of all nodes took.",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const watchEnds = new Counter({
    name: "crik_watch_ends_total",
    help: "Watches of the API server that have ended: after their time, because the past was gone, or by a failure.",
    labelNames: ["reason"],
    registers,
  });
  const failures = new Counter({
    name: "crik_api_failures_total",
    help: "Failures in talking to the API server.",
    labelNames: ["code"],
    registers,
  });
  const events = new Counter({
    name: "crik_events_total",
    help: "Events of the watch.",
    labelNames: ["type"],
    registers,
  });
  const lastEvent = new Gauge({
    name: "crik_last_event_timestamp_seconds",
    help: "When the last event of the watch came; bookmarks come about once a minute.",
    registers,
  });
  const probeSeconds = new Histogram({
    name: "crik_probe_duration_seconds",
    help: "How long the API server took to answer the probes that prove the watch.",
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 3],
    registers,
  });
  let watchSince: number | undefined;
  new Gauge({
    name: "crik_watch_age_seconds",
    help: "How long the present watch of the API server has been open; 0 when there is none.",
    registers,
    collect() {
      this.set(watchSince === undefined ? 0 : (performance.now() - watchSince) / 1000);
    },
  });
  const requests = new Histogram({
    name: "crik_http_request_duration_seconds",
    help: "Requests to the node-state server, without open watches.",
    labelNames: ["method", "route", "code"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5],
    registers,
  });
  const watcherEnds = new Counter({
    name: "crik_watcher_ends_total",
    help: "Watches of clients that have ended, by whom: slow ones were dropped.",
    labelNames: ["reason"],
    registers,
  });
  const errors = new Counter({ name: "crik_http_errors_total", help: "Mistakes of the server itself.", registers });
  for (const reason of ["time", "expired", "failed"]) watchEnds.inc({ reason }, 0);
  for (const reason of ["client", "slow", "not-ready", "stopped"]) watcherEnds.inc({ reason }, 0);

  return {
    reflected(report) {
      switch (report.type) {
        case "listed":
          lists.inc();
          listSeconds.observe(report.durationMs / 1000);
          break;
        case "watch-started":
          watchSince = performance.now();
          break;
        case "watch-ended":
          watchSince = undefined;
          watchEnds.inc({ reason: report.end });
          break;
        case "event":
          events.inc({ type: report.event });
          lastEvent.setToCurrentTime();
          break;
        case "probed":
          probeSeconds.observe(report.durationMs / 1000);
          break;
        case "failed":
          failures.inc({ code: isApiError(report.error) ? report.error.code : "other" });
          break;
        case "connected":
          break;
      }
    },
    observed(observation) {
      if (observation.type === "request") {
        const { method, route, status, durationMs } = observation;
        requests.observe({ method: Methods.has(method) ? method : "other", route, code: status }, durationMs / 1000);
      } else if (observation.type === "watch-ended") watcherEnds.inc({ reason: observation.reason });
      else if (observation.type === "error") errors.inc();
    },
    expose: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}

/** Anybody can make up a method; a label must not have any number of values. */
const Methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What is read off at the moment of the question. */
function addGauges({ version, store, freshness, isReady, watchers }: MetricsOptions, registers: Registry[]): void {
  new Gauge({
    name: "crik_build_info",
    help: "The version that runs; always 1.",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);
  new Gauge({
    name: "crik_ready",
    help: "Whether answers about nodes are given: 1, or 0.",
    registers,
    collect() {
      this.set(isReady() ? 1 : 0);
    },
  });
  new Gauge({
    name: "crik_staleness_seconds",
    help: "How long ago the moment is up to which everything is proven to be seen. +Inf before the first list.",
    registers,
    collect() {
      this.set(freshness.ageMs() / 1000);
    },
  });
  new Gauge({
    name: "crik_nodes",
    help: "Nodes by state.",
    labelNames: ["state"],
    registers,
    collect() {
      const counts = { ready: 0, "shutting-down": 0, unknown: 0 };
      for (const { state } of store.list()) counts[state] += 1;
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
  new Gauge({
    name: "crik_watchers",
    help: "Clients that watch a node.",
    registers,
    collect() {
      this.set(watchers());
    },
  });
}
