import type { Logger } from "pino";

import type { ClassifyOptions } from "./classify/classify-node.ts";
import type { LoadEndpoint } from "./credentials/endpoint.ts";

/** What a manager is started with. */
export interface ManagerOptions {
  /** Where the API server is. Read anew for each connection. */
  readonly loadEndpoint: LoadEndpoint;
  readonly log: Logger;
  readonly version: string;
  /** What counts as a sign that a node goes away. */
  readonly classify?: ClassifyOptions | undefined;
  /** @defaultValue every address of the machine */
  readonly host?: string | undefined;
  /** Of the node-state server. @defaultValue 9376; 0: any free one, as of the other two */
  readonly port?: number | undefined;
  /** @defaultValue 8080 */
  readonly metricsPort?: number | undefined;
  /** @defaultValue 8081 */
  readonly healthProbesPort?: number | undefined;
  /** Certificate chain and key of the node-state server, in PEM. Without them it speaks plain HTTP. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Holds the token that clients must carry. Without it nobody needs one. */
  readonly tokenFile?: string | undefined;
  /** @defaultValue 10,000 */
  readonly maxWatchers?: number | undefined;
  /** For how many seconds a stop still answers, not being ready, so that the Service's endpoints forget this replica first. @defaultValue 5 */
  readonly drainSeconds?: number | undefined;
}
