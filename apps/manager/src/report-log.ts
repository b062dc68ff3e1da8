import type { Logger } from "pino";
import { isApiError } from "./api-error.ts";
import { errorFields } from "./log.ts";
import type { NodeStateChange } from "./node-states.ts";
import type { ReflectorReport } from "./reflector/report.ts";

/** How often a failure that goes on is told again: about once a minute. */
const TellEvery = 20;

/** Writes what the reflector tells: each kind of failure once while the API server is lost, its return, and nothing of what goes as it should. */
export function reflectorLog(log: Logger): (report: ReflectorReport) => void {
  let lostSince: number | undefined;
  const told = new Set<string>();
  return (report) => {
    switch (report.type) {
      case "failed": {
        lostSince ??= performance.now();
        const { error, failures, relist, retryInMs } = report;
        const fields = { ...errorFields(error), failures, relist, retryInMs: Math.round(retryInMs) };
        const text = String(error);
        if (failures % TellEvery === 0) told.clear();
        log[told.has(text) ? "debug" : levelOf(report)](
          { ...fields, lostForMs: since(lostSince) },
          "the API server is lost",
        );
        told.add(text);
        break;
      }
      case "listed":
        log.info({ nodes: report.nodes, pages: report.pages, durationMs: Math.round(report.durationMs) }, "listed");
        break;
      case "probed":
        if (lostSince !== undefined) log.info({ lostForMs: since(lostSince) }, "the API server is back");
        lostSince = undefined;
        told.clear();
        break;
      case "watch-started":
        log.debug({ resourceVersion: report.resourceVersion }, "watching");
        break;
      case "watch-ended":
        log.debug({ reason: report.end, durationMs: Math.round(report.durationMs) }, "the watch has ended");
        break;
      case "event":
        log.debug({ event: report.event }, "event");
        break;
      case "connected":
        log.debug({ durationMs: Math.round(report.durationMs) }, "connected");
        break;
    }
  };
}

/** A server that restarts, or hands its clients over to another one (GOAWAY), is back at the next try. */
function levelOf({ error, failures }: Extract<ReflectorReport, { type: "failed" }>): "info" | "warn" {
  return failures === 1 && isApiError(error) && error.code === "ERR_API_UNREACHABLE" ? "info" : "warn";
}

function since(monotonicMs: number): number {
  return Math.round(performance.now() - monotonicMs);
}

/** Writes one line when a node's state has changed. Nodes that come in the first list, or are ready when they come, are not told of one by one. */
export function changeLog(log: Logger): (change: NodeStateChange) => void {
  return ({ name, before, after }) => {
    const from = before?.state;
    const to = after?.state;
    if (from === to) return;
    const isNews = to === "shutting-down" || (from !== undefined && to !== undefined);
    const fields = {
      node: name,
      from,
      to,
      reason: after?.reason,
      sources: after?.sources.map((source) => source.name),
    };
    if (isNews) log.info(fields, "node state changed");
    else log.debug(fields, "node state changed");
  };
}
