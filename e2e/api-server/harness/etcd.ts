import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { ensureEtcd } from "./tools.ts";

/** A running etcd of one member, with no port: it listens on a socket in its folder. */
export interface Etcd {
  readonly process: ServerProcess;
  /** What `--etcd-servers` takes. */
  readonly url: string;
  /** Forgets every revision but the newest. */
  compact(): Promise<void>;
}

/** Starts etcd with its data in the folder `etcd` of the given one, and resolves when it answers. */
export async function startEtcd(directory: string): Promise<Etcd> {
  const socketPath = join(directory, "etcd.sock");
  const url = `unix://${socketPath}`;
  // etcd wants a host and a port in what it tells its peers. It has none, so nobody will ever use these.
  const nowhere = "http://127.0.0.1:1";
  const process = await startServerProcess({
    argv: [
      await ensureEtcd(),
      "--name=crik",
      `--data-dir=${join(directory, "etcd")}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${nowhere}`,
      `--listen-peer-urls=unix://${join(directory, "etcd-peer.sock")}`,
      `--initial-advertise-peer-urls=${nowhere}`,
      `--initial-cluster=crik=${nowhere}`,
      // The data is not to outlive the machine.
      "--unsafe-no-fsync",
      // The default of 2 GiB is full after some 100,000 updates of Node objects of 20 KB.
      `--quota-backend-bytes=${8 * 2 ** 30}`,
      "--log-level=warn",
    ],
    directory,
    logFile: join(directory, "etcd.log"),
  });
  await process.whenReady(async () => (await ask(socketPath, "/health").catch(() => undefined))?.health === "true");
  return {
    process,
    url,
    compact: async () => {
      // The gateway writes 64-bit numbers as strings, and takes them so.
      const { header } = await ask(socketPath, "/v3/kv/range", { key: "AA==" });
      const { error } = await ask(socketPath, "/v3/kv/compaction", { revision: header?.revision, physical: true });
      if (error !== undefined) throw new Error(`etcd does not compact at ${header?.revision}: ${error}`);
    },
  };
}

interface EtcdAnswer {
  readonly health?: string;
  readonly header?: { readonly revision: string };
  readonly error?: string;
}

/** One request to etcd's JSON gateway. */
function ask(socketPath: string, path: string, body?: Readonly<Record<string, unknown>>): Promise<EtcdAnswer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const asked = request({ socketPath, path, method, timeout: 10_000 }, (response) => {
      text(response)
        .then((answer) => resolve(JSON.parse(answer)))
        .catch(reject);
    });
    asked.once("timeout", () => asked.destroy(new Error(`etcd does not answer ${path}`)));
    asked.once("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
