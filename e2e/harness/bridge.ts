/** Run as a program, in a container's network namespace: `node bridge.ts PORT SOCKET` carries what comes to the port to the socket. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runDirectory } from "./run-directory.ts";

/** A server of the host that a container can reach at its own loopback address. */
export interface Bridge extends AsyncDisposable {
  /** Takes it away: what was connected is cut, and what comes is refused. */
  close(): Promise<void>;
}

let count = 0;

/**
 * Makes a port of the host reachable at `127.0.0.1:inside` in a container, whose network namespace has nothing but a loopback: as a Service
 * would be for a pod. The two sides meet at a Unix socket, which no network namespace hides.
 */
export async function bridgeInto(
  container: { readonly pid: number },
  ports: { readonly inside: number; readonly host: number },
): Promise<Bridge> {
  count += 1;
  const path = join(await runDirectory(), `bridge-${count}.sock`);
  const sockets = new Set<Socket>();
  const server = await carry({ path }, { port: ports.host, host: "127.0.0.1" }, sockets);
  const self = fileURLToPath(import.meta.url);
  const child = spawn(
    "nsenter",
    ["-t", String(container.pid), "-n", process.execPath, self, String(ports.inside), path],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = once(child, "close");
  const [line] = await Promise.race([once(child.stdout, "data"), ended]);
  if (!String(line).startsWith("ready")) throw new Error(`no bridge into the network of process ${container.pid}`);
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    for (const socket of sockets) socket.destroy();
    server.close();
    await ended;
  };
  return { close, [Symbol.asyncDispose]: close };
}

/** Where a server listens: a Unix socket or a port. */
export type Place = { readonly path: string } | { readonly port: number; readonly host: string };

/**
 * Listens at `from` and carries each connection to `to`; either end that goes takes the other along.
 *
 * @param sockets - holds what is open, for as long as it is
 */
export async function carry(from: Place, to: Place, sockets: Set<Socket>): Promise<Server> {
  const server = createServer((left) => {
    const right = connect(to);
    for (const [one, other] of [
      [left, right],
      [right, left],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(from);
  await once(server, "listening");
  return server;
}

if (import.meta.main) {
  const [port, path = ""] = process.argv.slice(2);
  await carry({ port: Number(port), host: "127.0.0.1" }, { path }, new Set());
  process.stdout.write("ready\n");
  // Ends with its maker, however that ends.
  process.stdin.on("end", () => process.exit()).resume();
}
