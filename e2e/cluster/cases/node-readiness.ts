import type { Cluster } from "../harness/connect.ts";

/** What a Node says of itself, or the control plane of it when it has been silent for too long. */
export interface NodeReadiness {
  readonly status: "True" | "False" | "Unknown";
  readonly message: string;
}

interface NodeBody {
  readonly status: { readonly conditions: readonly (NodeReadiness & { readonly type: string })[] };
}

/** The condition `Ready` of a Node. */
export async function nodeReadiness(cluster: Cluster, node: string): Promise<NodeReadiness> {
  const { status } = await cluster.get<NodeBody>(["get", `node/${node}`]);
  const ready = status.conditions.find(({ type }) => type === "Ready");
  if (ready === undefined) throw new Error(`the Node ${node} has no condition Ready`);
  return ready;
}
