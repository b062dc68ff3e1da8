import { createServer, type Server } from "node:http";

import type { Metrics } from "../metrics.ts";
import { ServerLimits } from "./limits.ts";
import { answerPaths } from "./paths.ts";

/** `/metrics`, for Prometheus. */
export function metricsServer(metrics: Metrics): Server {
  return createServer(
    ServerLimits,
    answerPaths({
      "/metrics": async () => {
        const { text, contentType } = await metrics.expose();
        return { status: 200, text, contentType };
      },
    }),
  );
}
