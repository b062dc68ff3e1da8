import type { IncomingMessage, ServerResponse } from "node:http";
import { type NextFunction, type Request, type RequestHandler, type Response, Router } from "express";
import { isNodeName } from "../node-name.ts";
import { NodesPath, nodePath, OpenApiPath, OriginalReadmePath, originalClientPath, watchPath } from "../paths.ts";
import { unknownNode } from "../record.ts";
import { encodeRecord } from "../record-json.ts";
import {
  answer,
  BadRequest,
  Internal,
  InvalidName,
  MethodNotAllowed,
  NotFound,
  NotReady,
  refuse,
  send,
  TooManyWatchers,
  Unauthorized,
} from "./answer.ts";
import { carriesToken } from "./bearer.ts";
import { encodedList, encodedRecord } from "./encoded.ts";
import type { Observe } from "./observation.ts";
import { observeRequest, withoutThrowing } from "./observe-request.ts";
import { openApiText } from "./openapi.ts";
import type { NodeStateStore } from "./store.ts";
import { EventStreamHeaders } from "./watcher.ts";
import { createWatches, type NodeStateWatches } from "./watches.ts";

/** What {@link nodeStateRouter} is made of. */
export interface NodeStateRouterOptions {
  readonly store: NodeStateStore;
  /** Whether the store has the present state of all nodes. While it does not, nothing is said about any node: 503, and watches end within a second. */
  readonly ready: () => boolean;
  /**
   * After how many milliseconds without an event a watch gets a heartbeat.
   *
   * @defaultValue 10,000. Clients give a silent watch up after 30,000.
   */
  readonly heartbeatMs?: number | undefined;
  /**
   * For how many milliseconds a client of a watch may take nothing, before it is cut off.
   *
   * @defaultValue 30,000
   */
  readonly slowMs?: number | undefined;
  /**
   * How many watches may be open at once. Another one is answered with 503.
   *
   * @defaultValue 10,000
   */
  readonly maxWatchers?: number | undefined;
  /**
   * The bearer token that every request must carry; asked at each request, because it may be rotated. Without this option nobody needs one. While it gives
   * `undefined` or an empty text nobody is let in.
   */
  readonly token?: (() => string | undefined) | undefined;
  /** Hears of requests, watches and mistakes, for metrics and logs. */
  readonly observe?: Observe | undefined;
}

/** A router and its watches. */
export interface NodeStateRouter {
  /**
   * For `app.use(router)`, or below a path of one's own. It answers every path that it is asked for, with 404 if need be: mount it after others.
   */
  readonly router: Router;
  readonly watches: NodeStateWatches;
}

/** The HTTP interface over a store, as an express router. */
export function nodeStateRouter(options: NodeStateRouterOptions): NodeStateRouter {
  const { store, token } = options;
  const observe = withoutThrowing(options.observe);
  const ready = (): boolean => {
    try {
      return options.ready();
    } catch (error) {
      observe({ type: "error", error });
      return false;
    }
  };
  const watches = createWatches({
    store,
    ready,
    heartbeatMs: options.heartbeatMs ?? 10_000,
    slowMs: options.slowMs ?? 30_000,
    maxWatchers: options.maxWatchers ?? 10_000,
    observe,
  });

  function one(request: IncomingMessage, response: ServerResponse, name: string): void {
    const record = store.get(name);
    if (!isNodeName(name)) refuse(response, InvalidName);
    else if (!ready()) refuse(response, NotReady);
    else if (record === undefined) send(response, 404, encodeRecord(unknownNode(name)));
    else answer(request, response, encodedRecord(record));
  }

  function watch(request: IncomingMessage, response: ServerResponse, name: string): void {
    if (!isNodeName(name)) refuse(response, InvalidName);
    else if (!ready()) refuse(response, NotReady);
    else if (request.method === "HEAD") response.writeHead(200, EventStreamHeaders).end();
    else if (!watches.open(name, response)) refuse(response, TooManyWatchers);
  }

  function list(request: IncomingMessage, response: ServerResponse): void {
    if (ready()) answer(request, response, encodedList(store.list()));
    else refuse(response, NotReady);
  }

  const router = Router({ caseSensitive: true, strict: true });
  router.use((request, response, next) => {
    observeRequest(request, response, watchPath(":name"), observe);
    if (token === undefined || carriesToken(request.headers.authorization, token() ?? "")) next();
    else refuse(response, Unauthorized);
  });
  const handlers: readonly (readonly [string, RequestHandler])[] = [
    [NodesPath, list],
    [nodePath(":name"), (request, response) => one(request, response, String(request.params["name"]))],
    [watchPath(":name"), (request, response) => watch(request, response, String(request.params["name"]))],
    [originalClientPath(":name"), (request, response) => one(request, response, String(request.params["name"]))],
    [OriginalReadmePath, (request, response) => one(request, response, nameParameter(request.url))],
    [OpenApiPath, (_request, response) => send(response, 200, openApiText)],
  ];
  for (const [path, handler] of handlers) {
    router
      .route(path)
      .get(handler)
      .all((_request, response) => refuse(response, MethodNotAllowed));
  }
  router.use((_request, response) => refuse(response, NotFound));
  // Express tells an error handler by its four parameters.
  router.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    // A path that is not percent-encoded text; express says so with this status.
    const isTheirs = isBadRequest(error);
    if (!isTheirs) observe({ type: "error", error });
    if (response.headersSent) response.destroy();
    else refuse(response, isTheirs ? BadRequest : Internal);
  });
  return { router, watches };
}

/** The one `node` of a query; empty, which is no node's name, when there is none or more than one. */
function nameParameter(url: string): string {
  const names = new URLSearchParams(/\?(.*)$/su.exec(url)?.[1]).getAll("node");
  return names.length === 1 ? (names[0] ?? "") : "";
}

function isBadRequest(error: unknown): boolean {
  return typeof error === "object" && error !== null && "status" in error && error.status === 400;
}
