import type { Cluster } from "../harness/connect.ts";
import type { ClusterNode } from "../harness/node.ts";
import { waitFor } from "../harness/wait.ts";
import { nodeReadiness } from "./node-readiness.ts";

/**
 * Brings a node back after its shutdown, with a new kubelet as after a reboot. The old one may be deaf: when a shutdown is
 * cancelled, kubelet 1.34 takes a new delay lock and then closes the number of its old one, which may be the new one's.
 */
export async function bootAgain(cluster: Cluster, node: ClusterNode): Promise<void> {
  await node.cancelShutdown();
  await node.stopKubelet();
  await node.startKubelet();
  await waitFor(async () => (await nodeReadiness(cluster, node.name)).status === "True", {
    what: `${node.name} to be ready again`,
  });
}
