import { fileURLToPath } from "node:url";
import type { TestNamespace } from "../harness/namespace.ts";

/** Applies a file of `examples/` as it is. */
export async function applyExample(namespace: TestNamespace, file: string): Promise<void> {
  await namespace.kubectl(["apply", "-f", fileURLToPath(new URL(`../../../examples/${file}`, import.meta.url))]);
}

/** Asks the API server to evict a pod, as `kubectl drain` and the cluster autoscaler do. */
export async function evict(namespace: TestNamespace, pod: string): Promise<void> {
  const eviction = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name: pod, namespace: namespace.name },
  };
  await namespace.kubectl(["create", "--raw", `/api/v1/namespaces/${namespace.name}/pods/${pod}/eviction`, "-f", "-"], {
    input: JSON.stringify(eviction),
  });
}
