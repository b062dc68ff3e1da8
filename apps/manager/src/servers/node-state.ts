import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { Router } from "express";
import express from "express";

import { HandshakeTimeoutMs, ServerLimits } from "./limits.ts";

/** The certificate of the node-state server, in PEM. */
interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The server that clients ask, plain or with TLS. */
export interface NodeStateServer {
  readonly server: Server;
  /** For new connections; those that are open go on. @throws when the two do not belong together */
  setCertificate(certificate: Certificate): void;
}

/** The router behind HTTP. */
export function nodeStateServer(router: Router, tls: boolean): NodeStateServer {
  const app = express();
  app.disable("x-powered-by");
  // The router has ETags of its own, and reads its query itself.
  app.disable("etag");
  app.set("query parser", false);
  app.use(router);
  if (!tls) return { server: createHttpServer(ServerLimits, app), setCertificate() {} };
  const server: HttpsServer = createHttpsServer(
    { ...ServerLimits, handshakeTimeout: HandshakeTimeoutMs, minVersion: "TLSv1.2" },
    app,
  );
  return {
    server,
    setCertificate: (certificate) => server.setSecureContext({ ...certificate, minVersion: "TLSv1.2" }),
  };
}
