import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Finds a port of 127.0.0.1 where nobody listens. It is below the range from which the kernel gives ports to outgoing
 * connections: a server that is killed must find its port free when it comes back, and a client that tries meanwhile
 * must not meet itself there.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer();
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return port;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    } finally {
      server.close();
    }
  }
}
