import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatKubeconfig } from "../../api-server/harness/kubeconfig.ts";
import { runDirectory } from "../../harness/run-directory.ts";
import { removeCgroups } from "../../harness/sweep.ts";
import { nodeCgroup } from "./cgroup.ts";
import { type Cluster, connectCluster } from "./connect.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import type { ClusterDescription } from "./description.ts";
import { endsOfLogs } from "./log-ends.ts";
import { connectNode, makeClusterNetwork } from "./network.ts";
import { type BootedNode, bootNode } from "./node-boot.ts";
import { joinCluster, startContainerd } from "./node-services.ts";
import { givenKubeconfig, whyNoCluster } from "./platform.ts";
import { ensureClusterPrograms } from "./programs.ts";
import { startProvisioner } from "./storage.ts";
import { waitFor } from "./wait.ts";

/** A cluster that ends with this process, however that ends, and when it is disposed of. */
export interface StartedCluster extends Cluster, AsyncDisposable {
  /** With it another process can use the cluster: `connectCluster(description)`. */
  readonly description: ClusterDescription;
}

/** What may differ from one cluster to another. */
export interface ClusterOptions {
  /** Tar files of container images that every node gets. @defaultValue none */
  readonly images?: readonly string[] | undefined;
}

const nodeNames = ["node-a", "node-b"] as const;

/**
 * Brings up a cluster, and resolves when its nodes are ready and pods can be made. With `KUBECONFIG` in the environment
 * it is that cluster instead, as it is; disposing of it then does nothing.
 *
 * Several clusters at once do not meet: each has network namespaces of its own.
 *
 * @throws Error when this machine cannot run one, with the reason; or when it does not come up, with the ends of its logs.
 */
export async function startCluster({ images = [] }: ClusterOptions = {}): Promise<StartedCluster> {
  if (givenKubeconfig !== undefined) {
    const description = { kubeconfig: givenKubeconfig };
    return { ...(await connectCluster(description)), description, [Symbol.asyncDispose]: async () => {} };
  }
  if (whyNoCluster !== undefined) throw new Error(`there can be no cluster here: ${whyNoCluster}`);
  await ensureClusterPrograms();
  const directory = join(await runDirectory(), `cluster-${randomBytes(4).toString("hex")}`);
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  try {
    const description = await bringUp(directory, cleanUp);
    const cluster = await connectCluster(description);
    for (const image of images) await cluster.importImage(image);
    const remove = cleanUp.move();
    return { ...cluster, description, [Symbol.asyncDispose]: () => remove.disposeAsync() };
  } catch (error) {
    // The logs go with the cluster, so that they must be told now.
    throw new Error(`the cluster has not come up\n${await endsOfLogs(directory)}`, { cause: error });
  }
}

/** @param cleanUp - gets whatever must be undone, at the moment when it was done */
async function bringUp(directory: string, cleanUp: AsyncDisposableStack): Promise<ClusterDescription> {
  const sharedDirectory = join(directory, "shared");
  await mkdir(sharedDirectory, { recursive: true });
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
  const start = async (): Promise<ControlPlane> =>
    cleanUp.use(await startControlPlane({ directory: join(directory, "control-plane"), network, nodeNames }));
  const [controlPlane, ...nodes] = await settle([start(), ...nodeNames.map(boot)]);
  await settle(nodes.map((node) => joinCluster(node.description, controlPlane)));
  const provisioner = await startProvisioner(controlPlane.client, sharedDirectory);
  cleanUp.defer(provisioner.stop);
  await waitFor(() => isUsable(controlPlane), { what: "ready nodes" });
  return {
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
}

/** As `Promise.all`, but waits for the others before it fails: what they still start must be cleaned up too. */
function settle<const Promises extends readonly Promise<unknown>[]>(
  promises: Promises,
): Promise<{ -readonly [Index in keyof Promises]: Awaited<Promises[Index]> }> {
  return Promise.allSettled(promises).then(() => Promise.all(promises));
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
async function isUsable({ client }: ControlPlane): Promise<boolean> {
  const { body } = await client.request<NodeList>("GET", "/api/v1/nodes");
  const ready = body.items.filter(
    ({ spec, status }) =>
      (spec.taints ?? []).length === 0 &&
      status.conditions.some((one) => one.type === "Ready" && one.status === "True"),
  );
  if (ready.length !== nodeNames.length) return false;
  return (await client.request("GET", "/api/v1/namespaces/default/serviceaccounts/default")).status === 200;
}
