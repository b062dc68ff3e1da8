import type { Cluster } from "../harness/connect.ts";
import type { TestNamespace } from "../harness/namespace.ts";
import type { RunningPod } from "./running-pod.ts";

/**
 * Cordons the node of a pod and drains it of this pod, which gets a label of its own for that: `kubectl drain` looks for
 * pods in all namespaces, and on somebody's cluster there may be others with the labels of the case.
 *
 * The node stays cordoned until what is returned is disposed of.
 */
export async function drainNodeOf(
  cluster: Cluster,
  namespace: TestNamespace,
  pod: Pick<RunningPod, "name" | "node">,
): Promise<AsyncDisposable> {
  const label = `crik.dev/drained-by=${namespace.name}`;
  await namespace.kubectl(["label", `pod/${pod.name}`, label]);
  const uncordon = async () => void (await cluster.kubectl(["uncordon", pod.node]));
  try {
    const pods = ["--pod-selector", label, "--ignore-daemonsets", "--delete-emptydir-data"];
    await cluster.kubectl(["drain", pod.node, ...pods], { timeoutMs: 120_000 });
  } catch (error) {
    await uncordon();
    throw error;
  }
  return { [Symbol.asyncDispose]: uncordon };
}
