import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ApiClient, createApiClient } from "../../api-server/harness/api-client.ts";
import { startEtcd } from "../../api-server/harness/etcd.ts";
import { formatKubeconfig } from "../../api-server/harness/kubeconfig.ts";
import { ensureKubernetes, type KubernetesComponent } from "../../api-server/harness/kubernetes.ts";
import { type ServerProcess, startServerProcess } from "../../api-server/harness/server-process.ts";
import { serviceAccountIssuer } from "../../api-server/harness/service-account-token.ts";
import { apiPort, clusterDomain, controlPlaneAddress, podRange, serviceRange } from "./addresses.ts";
import { ensureDnsServer } from "./dns-server.ts";
import type { NetworkNamespace } from "./network.ts";
import { apiServerUrl } from "./node-configuration.ts";
import { startRelay } from "./relay.ts";

/** etcd, kube-apiserver and what goes with them, in a network of their own. */
export interface ControlPlane extends AsyncDisposable {
  /** kube-apiserver's, on this machine, at localhost. */
  readonly port: number;
  readonly caFile: string;
  readonly adminToken: string;
  /** Talks to it as the admin. */
  readonly client: ApiClient;
  /** Writes a kubeconfig for one of the cluster's own programs. */
  kubeconfigFor(user: string, path: string): Promise<void>;
}

/** Where to run it, and for whom. */
export interface ControlPlaneOptions {
  readonly directory: string;
  readonly network: NetworkNamespace;
  readonly nodeNames: readonly string[];
}

/** Starts the control plane; resolves when kube-apiserver answers, while the others are still starting. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { directory, network } = options;
  await mkdir(directory, { recursive: true });
  await using cleanUp = new AsyncDisposableStack();
  const etcd = await startEtcd(directory);
  cleanUp.defer(() => etcd.process.kill());
  const caFile = join(directory, "certificates/apiserver.crt");
  const keyFile = join(directory, "service-account.key");
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  await writeFile(keyFile, key.export({ type: "sec1", format: "pem" }));
  const tokens = await writeTokens(directory, options.nodeNames);
  const kubeconfigFor = async (user: string, path: string): Promise<void> =>
    writeFile(path, formatKubeconfig({ server: apiServerUrl, caFile, token: tokens.get(user) }));

  const start = async (name: string, argv: readonly [string, ...string[]]): Promise<ServerProcess> => {
    const started = await startServerProcess({
      argv: ["nsenter", "-t", String(network.pid), "-n", ...argv],
      directory,
      logFile: join(directory, `${name}.log`),
    });
    cleanUp.defer(() => started.kill());
    return started;
  };
  const component = async (name: KubernetesComponent, flags: readonly string[]): Promise<ServerProcess> =>
    start(name, [await ensureKubernetes(name), ...flags]);

  const server = await component("kube-apiserver", [
    `--etcd-servers=${etcd.url}`,
    `--secure-port=${apiPort}`,
    "--bind-address=0.0.0.0",
    `--advertise-address=${controlPlaneAddress}`,
    `--cert-dir=${join(directory, "certificates")}`,
    `--token-auth-file=${join(directory, "tokens.csv")}`,
    `--service-account-issuer=${serviceAccountIssuer}`,
    `--service-account-key-file=${keyFile}`,
    `--service-account-signing-key-file=${keyFile}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--allow-privileged=true",
    `--service-cluster-ip-range=${serviceRange}`,
    "--kubelet-preferred-address-types=InternalIP",
    "--feature-gates=ImageVolume=true",
  ]);
  const relay = await startRelay(network, { host: controlPlaneAddress, port: apiPort }, directory);
  cleanUp.defer(relay.close);
  const adminToken = tokens.get("admin") ?? "";
  const client = createApiClient({ port: relay.port, caFile, token: adminToken, serverName: "localhost" });
  cleanUp.defer(client.disconnect);
  await server.whenReady(async () => (await client.request("GET", "/readyz").catch(() => undefined))?.status === 200);

  const kubeconfigOf = async (name: string): Promise<string> => {
    const path = join(directory, `${name}.kubeconfig`);
    await kubeconfigFor(name, path);
    return path;
  };
  const clientFlags = async (name: string) => {
    const path = await kubeconfigOf(name);
    const users = ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"];
    return [...users.map((user) => `--${user}=${path}`), "--leader-elect=false", "--bind-address=127.0.0.1"];
  };
  await component("kube-scheduler", await clientFlags("kube-scheduler"));
  await component("kube-controller-manager", [
    ...(await clientFlags("kube-controller-manager")),
    `--service-account-private-key-file=${keyFile}`,
    `--root-ca-file=${caFile}`,
    "--use-service-account-credentials=true",
    `--cluster-cidr=${podRange}`,
    // At the defaults of 20 and 30 a new namespace waits 10 s for its service account.
    "--kube-api-qps=300",
    "--kube-api-burst=600",
    // Of a node that died without a word: the default is 50 s.
    "--node-monitor-grace-period=20s",
    // It makes this folder where it is missing.
    `--flex-volume-plugin-dir=${join(directory, "volume-plugins")}`,
  ]);
  await start("dns", [
    await ensureDnsServer(),
    "-conf",
    await writeDnsConfiguration(directory, await kubeconfigOf("dns")),
  ]);
  const remove = cleanUp.move();
  return {
    port: relay.port,
    caFile,
    adminToken,
    client,
    kubeconfigFor,
    [Symbol.asyncDispose]: () => remove.disposeAsync(),
  };
}

/** A token for each of the cluster's programs, by its user. */
async function writeTokens(directory: string, nodeNames: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const users: readonly (readonly [user: string, name: string, groups: string])[] = [
    ["admin", "admin", "system:masters"],
    // The role that lets CoreDNS read is not one of the API server's own.
    ["dns", "dns", "system:masters"],
    ["kube-controller-manager", "system:kube-controller-manager", ""],
    ["kube-proxy", "system:kube-proxy", ""],
    ["kube-scheduler", "system:kube-scheduler", ""],
    ...nodeNames.map((name) => [name, `system:node:${name}`, "system:nodes"] as const),
  ];
  const tokens = new Map(users.map(([user]) => [user, randomBytes(16).toString("hex")]));
  const rows = users.map(([user, name, groups]) => `${tokens.get(user)},${name},${user},"${groups}"\n`);
  await writeFile(join(directory, "tokens.csv"), rows.join(""), { mode: 0o600 });
  return tokens;
}

async function writeDnsConfiguration(directory: string, kubeconfig: string): Promise<string> {
  const path = join(directory, "Corefile");
  const text = `.:53 {
  bind ${controlPlaneAddress}
  errors
  cache 5
  kubernetes ${clusterDomain} in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfig}
    pods insecure
    fallthrough in-addr.arpa ip6.arpa
  }
}
`;
  await writeFile(path, text);
  return path;
}
