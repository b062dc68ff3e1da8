import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { ManagerError } from "../manager-error.ts";
import { QuietTimeoutMs } from "./limits.ts";

/** Where to listen. */
export interface ListenOptions {
  /** @defaultValue every address, IPv6 where there is any */
  readonly host?: string | undefined;
  readonly port: number;
  /** After how many milliseconds a connection over which nothing goes is cut. @defaultValue {@link QuietTimeoutMs} */
  readonly quietTimeoutMs?: number | undefined;
}

/** A server that takes connections. */
export interface Listening {
  readonly port: number;
  /** Takes no more connections, lets what is under way end for `graceMs`, and then cuts it. */
  close(graceMs: number): Promise<void>;
}

/**
 * Takes connections.
 *
 * @throws {@link ManagerError} `ERR_MANAGER_LISTEN`
 */
export async function listen(
  server: Server,
  { host, port, quietTimeoutMs = QuietTimeoutMs }: ListenOptions,
): Promise<Listening> {
  server.setTimeout(quietTimeoutMs);
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error): void => {
      reject(new ManagerError("ERR_MANAGER_LISTEN", `cannot listen on port ${port}: ${cause.message}`, { cause }));
    };
    server.once("error", fail);
    server.listen({ host, port }, () => {
      server.removeListener("error", fail);
      resolve();
    });
  });
  return {
    port: portOf(server.address()),
    close(graceMs) {
      return new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new TypeError("a TCP server has a port");
  return address.port;
}
