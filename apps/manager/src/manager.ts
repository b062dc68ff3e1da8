import type { Server } from "node:http";
import { isBearerToken } from "@crik/node-state";
import { createNodeStateStore, nodeStateRouter } from "@crik/node-state/server";
import type { Router } from "express";

import { createFreshness } from "./freshness.ts";
import { errorFields } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { nodeStates } from "./node-states.ts";
import type { ManagerOptions } from "./options.ts";
import { pause } from "./pause.ts";
import { createReadiness } from "./readiness.ts";
import { reflectNodes } from "./reflector/reflector.ts";
import { changeLog, reflectorLog } from "./report-log.ts";
import { healthServer } from "./servers/health.ts";
import { listen } from "./servers/listen.ts";
import { metricsServer } from "./servers/metrics.ts";
import { nodeStateServer } from "./servers/node-state.ts";
import { watchFiles } from "./watched-files.ts";

/** A manager that runs. */
export interface Manager extends AsyncDisposable {
  readonly port: number;
  readonly metricsPort: number;
  readonly healthProbesPort: number;
  /** The first half of a graceful stop: not ready from now on, but answering for as long as the option says. {@link Manager.close} cuts it short. */
  drain(): Promise<void>;
  /** Ends all watches and servers. Never rejects. */
  close(): Promise<void>;
}

/** How long requests that are under way may take when the servers close. */
const CloseGraceMs = 2000;

/**
 * Starts the servers, and then follows the Node objects for as long as the manager lives, whatever the API server does. The servers answer from the start;
 * of nodes they say nothing (503) before all of them are known.
 *
 * @throws {@link ManagerError}; nothing is left running then
 */
export async function startManager(options: ManagerOptions): Promise<Manager> {
  const { log, version, host, drainSeconds = 5 } = options;
  const freshness = createFreshness();
  const readiness = createReadiness(freshness);
  const store = createNodeStateStore({
    onListenerError: (error) => log.error(errorFields(error), "a watcher could not be told"),
  });
  const watchers = (): number => watches.count;
  const metrics = createMetrics({ version, store, freshness, isReady: readiness.isFresh, watchers });

  await using parts = new AsyncDisposableStack();
  const lifetime = new AbortController();
  parts.defer(() => lifetime.abort());

  const { router, watches } = nodeStateRouter({
    store,
    ready: readiness.isFresh,
    maxWatchers: options.maxWatchers,
    token: await tokenOf(options, lifetime.signal),
    observe(observation) {
      metrics.observed(observation);
      if (observation.type === "error") log.error(errorFields(observation.error), "a request failed");
    },
  });
  const server = await serverFor(router, options, lifetime.signal);

  async function open(each: Server, port: number): Promise<number> {
    const listening = await listen(each, { host, port });
    parts.defer(() => listening.close(CloseGraceMs));
    return listening.port;
  }

  const healthProbesPort = await open(healthServer(readiness), options.healthProbesPort ?? 8081);
  const metricsPort = await open(metricsServer(metrics), options.metricsPort ?? 8080);
  const port = await open(server, options.port ?? 9376);
  parts.defer(() => watches.end());

  const logReport = reflectorLog(log);
  const reflecting = reflectNodes({
    loadEndpoint: options.loadEndpoint,
    sink: nodeStates(store, options.classify, changeLog(log)),
    freshness,
    userAgent: `crik-node-state-server/${version}`,
    signal: lifetime.signal,
    report(report) {
      metrics.reflected(report);
      logReport(report);
      if (report.type === "failed") readiness.setFailure(errorFields(report.error)["error"]);
      else if (report.type === "listed" || report.type === "probed") readiness.setFailure(undefined);
    },
  });
  log.info({ port, metricsPort, healthProbesPort }, "listening");

  const running = parts.move();
  async function close(): Promise<void> {
    await running.disposeAsync();
    await reflecting;
  }
  return {
    port,
    metricsPort,
    healthProbesPort,
    async drain() {
      readiness.drain();
      await pause(drainSeconds * 1000, lifetime.signal).catch(() => {});
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What the router asks for the token at each request, when clients need one. */
async function tokenOf(options: ManagerOptions, signal: AbortSignal): Promise<(() => string) | undefined> {
  const { tokenFile, log } = options;
  if (tokenFile === undefined) return undefined;
  let token = "";
  await watchFiles({
    files: [tokenFile],
    onChange([text = ""]) {
      const trimmed = text.trim();
      if (!isBearerToken(trimmed)) throw new Error("it does not hold one line with a token");
      token = trimmed;
    },
    onFailure: (error) =>
      log.error(errorFields(error), "the token file cannot be read again; the token before it still holds"),
    signal,
  });
  return () => token;
}

/** The node-state server, with the certificate of the moment when it has one. */
async function serverFor(router: Router, options: ManagerOptions, signal: AbortSignal): Promise<Server> {
  const { tls, log } = options;
  const { server, setCertificate } = nodeStateServer(router, tls !== undefined);
  if (tls !== undefined) {
    await watchFiles({
      files: [tls.certFile, tls.keyFile],
      onChange: ([cert = "", key = ""]) => setCertificate({ cert, key }),
      onFailure: (error) =>
        log.error(errorFields(error), "the certificate cannot be renewed; the one before it is still in use"),
      signal,
    });
  }
  return server;
}
