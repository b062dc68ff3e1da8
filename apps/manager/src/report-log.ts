import type { Logger } from "pino";

import { errorFields } from "./log.ts";
import type { NodeStateChange } from "./node-states.ts";
import type { ReflectorReport } from "./reflector/report.ts";

/** Writes what the reflector tells: one line for each loss and each return of the API server, none for what goes as it should. */
export function reflectorLog(log: Logger): (report: ReflectorReport) => void {
  let lostSince: number | undefined;
  return (report) => {
    switch (report.type) {
      case "failed": {
        const { error, failures, relist, retryInMs } = report;
        const fields = { ...errorFields(error), failures, relist, retryInMs: Math.round(retryInMs) };
        // One that goes on is told again from time to time only.
        if (lostSince === undefined) log.warn(fields, "the API server is lost");
        else if (failures % 20 === 0)
          log.warn({ ...fields, lostForMs: since(lostSince) }, "the API server is still lost");
        else log.debug(fields, "the API server is still lost");
        lostSince ??= performance.now();
        break;
      }
      case "listed":
        log.info({ nodes: report.nodes, pages: report.pages, durationMs: Math.round(report.durationMs) }, "listed");
        break;
      case "probed":
        if (lostSince !== undefined) log.info({ lostForMs: since(lostSince) }, "the API server is back");
        lostSince = undefined;
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
