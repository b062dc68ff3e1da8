import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatKubeconfig } from "../../api-server/harness/kubeconfig.ts";
import { runDirectory } from "../../harness/run-directory.ts";
import { removeCgroups } from "../../harness/sweep.ts";
import { type Cluster, connectCluster } from "./connect.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import type { ClusterDescription } from "./description.ts";
import { connectNode, makeClusterNetwork } from "./network.ts";
import { type BootedNode, bootNode, joinCluster, nodeCgroup, startContainerd } from "./node-boot.ts";
import type { KubeletOptions } from "./node-configuration.ts";
import { whyNoCluster } from "./platform.ts";
import { ensureClusterPrograms } from "./programs.ts";
import { startProvisioner } from "./storage.ts";
import { waitFor } from "./wait.ts";

/** A cluster that ends with this process, however that ends, and when it is disposed of. */
export interface StartedCluster extends Cluster, AsyncDisposable {
  /** With it another process can use the cluster: `connectCluster(description)`. */
  readonly description: ClusterDescription;
}

/** What may differ from one cluster to another. */
export interface ClusterOptions extends KubeletOptions {
  /** @defaultValue `node-a` and `node-b` */
  readonly nodeNames?: readonly string[] | undefined;
  /** Tar files of container images that every node gets. @defaultValue none */
  readonly images?: readonly string[] | undefined;
}

/**
 * Brings up a cluster, and resolves when its nodes are ready and pods can be made. With `KUBECONFIG` in the environment
 * it is that cluster instead, as it is; disposing of it then does nothing.
 *
 * Several clusters at once do not meet: each has network namespaces of its own.
 *
 * @throws Error when this machine cannot run one, with the reason.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<StartedCluster> {
  const kubeconfig = process.env["KUBECONFIG"];
  if (kubeconfig !== undefined && kubeconfig !== "") {
    const description = { kubeconfig };
    return { ...(await connectCluster(description)), description, [Symbol.asyncDispose]: async () => {} };
  }
  if (whyNoCluster !== undefined) throw new Error(`there can be no cluster here: ${whyNoCluster}`);
  const { nodeNames = ["node-a", "node-b"], images = [] } = options;
  await ensureClusterPrograms();
  const directory = join(await runDirectory(), `cluster-${randomBytes(4).toString("hex")}`);
  const sharedDirectory = join(directory, "shared");
  await mkdir(sharedDirectory, { recursive: true });
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));

  const network = await makeClusterNetwork(nodeNames.length, directory);
  cleanUp.defer(network.remove);
  const boot = async (name: string, index: number): Promise<BootedNode> => {
    const node = await bootNode({ name, index, directory: join(directory, name), sharedDirectory });
    cleanUp.defer(async () => {
      await node.powerOff();
      await removeCgroups(nodeCgroup(node.description).split("/").slice(1).join("/"));
    });
    await connectNode(network, { pid: node.description.pid, index, nodeCount: nodeNames.length });
    await startContainerd(node.description);
    return node;
  };
  const [controlPlane, ...nodes] = await settle([
    startControlPlane({ directory: join(directory, "control-plane"), network, nodeNames }).then((started) => {
      cleanUp.use(started);
      return started;
    }),
    ...nodeNames.map(boot),
  ]);
  await settle(nodes.map((node) => joinCluster(node.description, controlPlane, options)));
  const provisioner = await startProvisioner(controlPlane.client, sharedDirectory);
  cleanUp.defer(provisioner.stop);

  const description: ClusterDescription = {
    kubeconfig: await writeKubeconfig(directory, controlPlane),
    own: {
      directory,
      sharedDirectory,
      port: controlPlane.port,
      caFile: controlPlane.caFile,
      adminToken: controlPlane.adminToken,
      nodes: nodes.map((node) => node.description),
    },
  };
  const cluster = await connectCluster(description);
  await settle(images.map((image) => cluster.importImage(image)));
  await waitFor(() => isUsable(controlPlane, nodeNames), { what: `ready nodes; the logs are in ${directory}` });
  const remove = cleanUp.move();
  return { ...cluster, description, [Symbol.asyncDispose]: () => remove.disposeAsync() };
}

/** As `Promise.all`, but waits for the others before it fails: what they still start must be cleaned up too. */
async function settle<Values extends readonly unknown[]>(
  promises: readonly [...{ readonly [Index in keyof Values]: Promise<Values[Index]> }],
): Promise<Values> {
  await Promise.allSettled(promises);
  return Promise.all(promises) as Promise<Values>;
}

async function writeKubeconfig(directory: string, { port, caFile, adminToken }: ControlPlane): Promise<string> {
  const path = join(directory, "kubeconfig");
  // By name: the certificate is for `localhost`, not for its address.
  await writeFile(path, formatKubeconfig({ server: `https://localhost:${port}`, caFile, token: adminToken }));
  return path;
}

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly taints?: readonly unknown[] };
    readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** Every node is ready and without a taint, and a pod of the namespace `default` would have its service account. */
async function isUsable({ client }: ControlPlane, nodeNames: readonly string[]): Promise<boolean> {
  const { body } = await client.request<NodeList>("GET", "/api/v1/nodes");
  const ready = body.items.filter(
    ({ spec, status }) =>
      (spec.taints ?? []).length === 0 &&
      status.conditions.some((one) => one.type === "Ready" && one.status === "True"),
  );
  if (ready.length !== nodeNames.length) return false;
  return (await client.request("GET", "/api/v1/namespaces/default/serviceaccounts/default")).status === 200;
}
