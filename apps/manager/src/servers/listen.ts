import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { ManagerError } from "../manager-error.ts";

/** A server that takes connections. */
export interface Listening {
  readonly port: number;
  /** Takes no more connections, lets what is under way end for `graceMs`, and then cuts it. */
  close(graceMs: number): Promise<void>;
}

/**
 * Takes connections, without a host on every address, IPv6 where there is any.
 *
 * @throws {@link ManagerError} `ERR_MANAGER_LISTEN`
 */
export async function listen(server: Server, host: string | undefined, port: number): Promise<Listening> {
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
