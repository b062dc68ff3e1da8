import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Tells everybody who watches that a node is ready, and sends the heartbeats of a real server. */
export async function serveNodeState(node: string): Promise<AsyncDisposable & { readonly port: number }> {
  const record = { name: node, state: "ready", reason: "its condition Ready is True", sources: [] };
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`event: state\nid: "1"\ndata: ${JSON.stringify(record)}\n\n`);
    const heartbeat = setInterval(() => response.write(": heartbeat\n\n"), 500);
    response.once("close", () => clearInterval(heartbeat));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a TCP server has a port");
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
