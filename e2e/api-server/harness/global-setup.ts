import { sweepDeadRuns } from "../../harness/sweep.ts";
import { ensureCustomResourceDefinitions } from "../chart/crds.ts";
import { ensureKubernetes } from "./kubernetes.ts";
import { whyNoApiServer } from "./platform.ts";
import { ensureEtcd, ensureKubernetesClients } from "./tools.ts";

/** Fetches and builds what the tests need, before the first of them, so that no test is slow for that reason. */
export async function setup(): Promise<void> {
  if (whyNoApiServer !== undefined) {
    process.stderr.write(`\n*** tests with a real API server are skipped: ${whyNoApiServer} ***\n`);
    return;
  }
  await sweepDeadRuns();
  await Promise.all([
    ensureEtcd(),
    ensureKubernetesClients(),
    ensureKubernetes("kube-apiserver"),
    ensureKubernetes("kube-scheduler"),
    ensureCustomResourceDefinitions(),
  ]);
}
