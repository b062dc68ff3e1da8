import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import express from "express";
import type { NodeStateRecord } from "../src/index.ts";
import {
  createNodeStateStore,
  type NodeStateObservation,
  type NodeStateRouterOptions,
  type NodeStateStore,
  type NodeStateWatches,
  nodeStateRouter,
} from "../src/server/index.ts";

/** A running server of this package's, in this process. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly http: Server;
  readonly store: NodeStateStore;
  readonly watches: NodeStateWatches;
  readonly observations: readonly NodeStateObservation[];
  /** Whether it says that its store is complete. */
  ready: boolean;
}

/** What {@link serve} may be told. */
export type ServeOptions = Partial<NodeStateRouterOptions> & {
  readonly port?: number;
  /** Below which path the router is mounted. */
  readonly mount?: string;
  readonly tls?: ServerOptions;
};

/** Starts an express application with the router on a free port of 127.0.0.1. */
export async function serve(options: ServeOptions = {}): Promise<RunningServer> {
  const store = options.store ?? createNodeStateStore();
  const observations: NodeStateObservation[] = [];
  const state = { ready: true };
  const { router, watches } = nodeStateRouter({
    store,
    ready: () => state.ready,
    observe: (observation) => observations.push(observation),
    ...options,
  });
  const application = express();
  application.use(options.mount ?? "/", router);
  const http = options.tls === undefined ? createHttpServer(application) : createHttpsServer(options.tls, application);
  http.listen(options.port ?? 0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}${options.mount ?? ""}`,
    port,
    http,
    store,
    watches,
    observations,
    get ready() {
      return state.ready;
    },
    set ready(value) {
      state.ready = value;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(http, "close");
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

/** A record of a node that stays. */
export function readyNode(name: string): NodeStateRecord {
  return { name, state: "ready", reason: "nothing says that it goes away", sources: [] };
}

/** A record of a node that the kubelet shuts down. */
export function leavingNode(name: string): NodeStateRecord {
  const since = new Date("2026-11-25T10:00:00.000Z");
  return {
    name,
    state: "shutting-down",
    reason: "the kubelet shuts the node down",
    since,
    sources: [{ name: "kubelet", detail: "condition Ready: node is shutting down", since }],
  };
}
