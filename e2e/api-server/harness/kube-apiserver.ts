import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ApiClient, createApiClient } from "./api-client.ts";
import type { Etcd } from "./etcd.ts";
import { freePort } from "./free-port.ts";
import { ensureKubernetes } from "./kubernetes.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { serviceAccountIssuer } from "./service-account-token.ts";

/** A kube-apiserver that can be started again and again on the same port and data. */
export interface KubeApiserver {
  readonly port: number;
  readonly caFile: string;
  readonly adminToken: string;
  readonly serviceAccountKey: KeyObject;
  /** Talks to it as the admin. */
  readonly client: ApiClient;
  /** The process that runs, or ran last. */
  readonly process: ServerProcess;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
  /** Kills it if it runs, and resolves when another one is ready. */
  restart(): Promise<void>;
}

/** Where to keep its files, where its data is, and what else it is told. */
export interface KubeApiserverOptions {
  readonly directory: string;
  readonly etcd: Etcd;
  readonly flags: readonly string[];
}

/** Starts kube-apiserver and resolves when it is ready. */
export async function startKubeApiserver(options: KubeApiserverOptions): Promise<KubeApiserver> {
  const { directory } = options;
  const port = await freePort();
  const caFile = join(directory, "certificates/apiserver.crt");
  const adminToken = randomBytes(16).toString("hex");
  const serviceAccountKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const keyFile = join(directory, "service-account.key");
  const tokensFile = join(directory, "tokens.csv");
  await writeFile(keyFile, serviceAccountKey.export({ type: "sec1", format: "pem" }));
  await writeFile(tokensFile, `${adminToken},admin,admin,"system:masters"\n`);
  const client = createApiClient({ port, caFile, token: adminToken });
  const argv = [
    await ensureKubernetes("kube-apiserver"),
    `--etcd-servers=${options.etcd.url}`,
    `--secure-port=${port}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    // The endpoints of service `kubernetes` may not be loopback addresses.
    "--endpoint-reconciler-type=none",
    `--cert-dir=${dirname(caFile)}`,
    `--token-auth-file=${tokensFile}`,
    `--service-account-issuer=${serviceAccountIssuer}`,
    `--service-account-key-file=${keyFile}`,
    `--service-account-signing-key-file=${keyFile}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    // It taints each new node not-ready until the node controller takes that away, and here is none.
    "--disable-admission-plugins=TaintNodesByCondition",
    "--allow-privileged=true",
    "--service-cluster-ip-range=10.96.0.0/24",
    // Only a test compacts; kube-apiserver would do it every five minutes.
    "--etcd-compaction-interval=0",
    ...options.flags,
  ] as const;

  const start = async (): Promise<ServerProcess> => {
    const started = await startServerProcess({ argv, directory, logFile: join(directory, "kube-apiserver.log") });
    try {
      await started.whenReady(() => isReady(client));
    } catch (error) {
      await started.kill();
      throw error;
    }
    return started;
  };

  let current = await start();
  const kill = async (): Promise<void> => {
    await current.kill();
    client.disconnect();
  };
  return {
    port,
    caFile,
    adminToken,
    serviceAccountKey,
    client,
    get process() {
      return current;
    },
    kill,
    restart: async () => {
      await kill();
      current = await start();
    },
  };
}

/** RBAC's roles are there when it says ready; the namespace `default`, made by a controller inside it, may come later. */
async function isReady(client: ApiClient): Promise<boolean> {
  for (const path of ["/readyz", "/api/v1/namespaces/default"]) {
    const response = await client.request("GET", path, { timeoutMs: 5_000 }).catch(() => undefined);
    if (response?.status !== 200) return false;
  }
  return true;
}
