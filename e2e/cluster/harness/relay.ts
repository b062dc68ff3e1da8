/** Run as a program, in a network namespace: `node relay.ts SOCKET HOST PORT` carries what comes to the socket to the port. */
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ServerProcess, startServerProcess } from "../../api-server/harness/server-process.ts";
import { carry, type Place } from "../../harness/bridge.ts";
import { exists } from "../../harness/cache.ts";
import type { NetworkNamespace } from "./network.ts";

/** A port of this machine that leads into a cluster's network. */
export interface Relay {
  /** Of 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Makes a server inside of a network namespace reachable from this machine. The two sides meet at a Unix socket, which
 * no network namespace hides; nothing of the machine's network is changed.
 *
 * @param directory - where the socket and the log go
 */
export async function startRelay(
  network: NetworkNamespace,
  to: { readonly host: string; readonly port: number },
  directory: string,
): Promise<Relay> {
  const path = join(directory, "relay.sock");
  const self = fileURLToPath(import.meta.url);
  const program = [process.execPath, self, path, to.host, String(to.port)];
  const inside: ServerProcess = await startServerProcess({
    argv: ["nsenter", "-t", String(network.pid), "-n", ...program],
    directory,
    logFile: join(directory, "relay.log"),
  });
  try {
    await inside.whenReady(() => exists(path));
    const sockets = new Set<Socket>();
    const server = await carry({ port: 0, host: "127.0.0.1" }, { path }, sockets);
    return {
      port: portOf(server),
      close: async () => {
        server.close();
        for (const socket of sockets) socket.destroy();
        await inside.kill();
      },
    };
  } catch (error) {
    await inside.kill();
    throw error;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  return address.port;
}

if (import.meta.main) {
  const [path = "", host = "", port] = process.argv.slice(2);
  const from: Place = { path };
  await carry(from, { host, port: Number(port) }, new Set());
}
