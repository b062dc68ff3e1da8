import { createServer, type Server } from "node:http";

import type { Readiness } from "../readiness.ts";
import { ServerLimits } from "./limits.ts";
import { answerPaths } from "./paths.ts";

/** `/healthz`: the process works. `/readyz`: what it says of nodes is true, or why there is no saying. */
export function healthServer(readiness: Readiness): Server {
  return createServer(
    ServerLimits,
    answerPaths({
      // Not tied to the API server: a restart would not bring that back, and would lose what is known.
      "/healthz": () => ({ status: 200, text: "ok\n" }),
      "/readyz": () => {
        const why = readiness.whyNot();
        return why === undefined ? { status: 200, text: "ok\n" } : { status: 503, text: `${why}\n` };
      },
    }),
  );
}
