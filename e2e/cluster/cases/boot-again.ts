import type { Cluster } from "../harness/connect.ts";
import type { ClusterNode } from "../harness/node.ts";
import { waitFor } from "../harness/wait.ts";

/**
 * Brings a node back after its shutdown, with a new kubelet as after a reboot. The old one may be deaf: when a shutdown is
 * cancelled, kubelet 1.34 takes a new delay lock and then closes the number of its old one, which may be the new one's.
 */
export async function bootAgain(cluster: Cluster, node: ClusterNode): Promise<void> {
  await node.cancelShutdown();
  await node.stopKubelet();
  await node.startKubelet();
  const status = '{.status.conditions[?(@.type=="Ready")].status}';
  await waitFor(
    async () => (await cluster.kubectl(["get", `node/${node.name}`, "-o", `jsonpath=${status}`])).stdout === "True",
    { what: `${node.name} to be ready again` },
  );
}
