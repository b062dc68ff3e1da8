/** Of every server, in milliseconds, so that slow clients do not collect: the head of a request has 5 s, all of it 10 s, and Node.js looks every 2 s. */
export const ServerLimits = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 2000,
  keepAliveTimeout: 30_000,
} as const;

/** Beside these for a server with TLS. Without it a client that begins no handshake would have two minutes. */
export const HandshakeTimeoutMs = 10_000;

/** Of every connection: over one that is alive something goes more often, on a watch its heartbeats. So a client that does not take its answer goes too. */
export const QuietTimeoutMs = 30_000;
