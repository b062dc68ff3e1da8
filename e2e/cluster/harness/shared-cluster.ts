import { describe, inject, type SuiteAPI } from "vitest";
import { type Cluster, connectCluster, type OwnCluster } from "./connect.ts";
import type {} from "./global-setup.ts";

const description = inject("cluster");

/** `describe` for what needs a real Kubernetes: skipped only where there can be none, and never in CI. */
export const describeCluster: SuiteAPI | SuiteAPI["skip"] = description === undefined ? describe.skip : describe;

/** `describe` for what needs power over the nodes, which only a cluster of the harness gives. */
export const describeOwnCluster: SuiteAPI | SuiteAPI["skip"] =
  description?.own === undefined ? describe.skip : describe;

if (description !== undefined && description.own === undefined) {
  process.stderr.write("*** the cluster of KUBECONFIG: cases that need power over its nodes are skipped ***\n");
}

/** The cluster that all test files share. */
export async function sharedCluster(): Promise<Cluster> {
  if (description === undefined) throw new Error("there is no cluster");
  return connectCluster(description);
}

/** The shared cluster's part that is on this machine; for cases of {@link describeOwnCluster}. */
export function ownPart(cluster: Cluster): OwnCluster {
  if (cluster.own === undefined) throw new Error("this is not a cluster of the harness");
  return cluster.own;
}
