import type { TestProject } from "vitest/node";
import { sweepDeadRuns } from "../../harness/sweep.ts";
import { startCluster } from "./cluster.ts";
import type { ClusterDescription } from "./description.ts";
import { givenKubeconfig, whyNoCluster } from "./platform.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The cluster of all test files; `undefined` where there can be none. */
    readonly cluster: ClusterDescription | undefined;
  }
}

/** Brings up one cluster for all test files. It is this process's, which outlives them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (whyNoCluster !== undefined && givenKubeconfig === undefined) {
    const reason = `tests on a real Kubernetes cannot run: ${whyNoCluster}`;
    if (process.env["CI"] !== undefined) throw new Error(reason);
    process.stderr.write(`\n*** ${reason} ***\n`);
    project.provide("cluster", undefined);
    return async () => {};
  }
  await sweepDeadRuns();
  const startedAt = performance.now();
  const cluster = await startCluster();
  project.provide("cluster", cluster.description);
  // Somebody else's was up before, and stays.
  if (cluster.own === undefined) return async () => {};
  process.stderr.write(`crik tests: the cluster is up after ${Math.round(performance.now() - startedAt)} ms\n`);
  return async () => {
    const stoppedAt = performance.now();
    await cluster[Symbol.asyncDispose]();
    process.stderr.write(`crik tests: the cluster is gone after ${Math.round(performance.now() - stoppedAt)} ms\n`);
  };
}
