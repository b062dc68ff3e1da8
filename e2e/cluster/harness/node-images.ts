import { join } from "node:path";
import { collect } from "../../harness/exec.ts";
import { ensureContainerRuntime } from "./container-runtime.ts";
import type { NodeDescription } from "./description.ts";
import { containerdSocket } from "./node-configuration.ts";
import { enter } from "./node-space.ts";

/**
 * Gives a node the container images of a tar file (an OCI layout, or what `docker save` writes), under the names in it.
 * It takes some 3 s for each 100 MB. A pod must not have `imagePullPolicy: Always`, nor the tag `latest`, which means it.
 */
export async function importImage(node: NodeDescription, file: string): Promise<void> {
  const { containerd } = await ensureContainerRuntime();
  const ctr = [join(containerd, "ctr"), "--address", containerdSocket, "--namespace", "k8s.io"];
  // The file is opened here: the node may not see it.
  const argv = ["sh", "-c", 'exec "$@" <"$0"', file, ...enter(node), ...ctr, "images", "import", "-"] as const;
  const result = await collect([...argv], { PATH: process.env["PATH"] ?? "" }, { timeoutMs: 300_000 });
  if (result.code !== 0) throw new Error(`${node.name} did not import ${file}: ${result.stdout}${result.stderr}`);
}
