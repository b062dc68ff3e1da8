/** `pnpm cluster`: brings up the cluster of the tests for you, and takes it down at Ctrl-C. Tar files given as arguments become images of its nodes. */
import { resolve } from "node:path";
import { ensureKubernetesClients } from "../api-server/harness/tools.ts";
import { sweepDeadRuns } from "../harness/sweep.ts";
import { startCluster } from "./harness/cluster.ts";

const seconds = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`;

if (process.env["KUBECONFIG"] !== undefined)
  throw new Error("KUBECONFIG is set: unset it to get a cluster of your own");
const ended = new Promise<void>((end) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end());
});
await sweepDeadRuns();
const startedAt = performance.now();
{
  await using cluster = await startCluster({ images: process.argv.slice(2).map((file) => resolve(file)) });
  const { kubectl, helm } = await ensureKubernetesClients();
  process.stdout.write(`
Kubernetes is up after ${seconds(startedAt)}: ${cluster.own?.nodes.map((node) => node.name).join(", ")}. In another terminal:

  export KUBECONFIG=${cluster.kubeconfig}
  alias kubectl=${kubectl} helm=${helm}
  kubectl get nodes

Logs and volumes are in ${cluster.own?.directory}. Ctrl-C takes everything down.
`);
  await ended;
  process.stdout.write("\ntaking it down\n");
}
process.stdout.write(`nothing is left\n`);
