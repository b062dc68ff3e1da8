import type { Request, Response } from "express";
import type { Observe } from "./observation.ts";

/** nginx's number for a client that went away before it was answered; HTTP itself has none. */
const ClientClosedRequest = 499;

/** Tells of a request when it is over. An open watch is told of by itself. */
export function observeRequest(request: Request, response: Response, watchRoute: string, observe: Observe): void {
  const since = performance.now();
  response.once("close", () => {
    // Express sets it when a path has matched.
    const matched: { readonly path: string } | undefined = request.route;
    const isWatch = matched?.path === watchRoute && request.method === "GET" && response.statusCode === 200;
    if (isWatch) return;
    observe({
      type: "request",
      method: request.method,
      route: matched?.path ?? "other",
      status: response.writableFinished ? response.statusCode : ClientClosedRequest,
      durationMs: performance.now() - since,
    });
  });
}

/** Metrics must not come between a node's state and those who ask for it. */
export function withoutThrowing(observe: Observe | undefined): Observe {
  return (observation) => {
    try {
      observe?.(observation);
    } catch {
      // Whose it is knows best; here there is nobody to tell.
    }
  };
}
