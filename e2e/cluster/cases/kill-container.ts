import type { Cluster } from "../harness/connect.ts";
import { ownPart } from "../harness/shared-cluster.ts";
import type { RunningPod } from "./running-pod.ts";

/** Kills the container `main` of a pod as a whole, as the kubelet does at the end of the grace period. */
export async function killContainer(
  cluster: Cluster,
  pod: Pick<RunningPod, "name" | "node" | "containerId">,
): Promise<void> {
  // The lowest pid of the container's cgroup is its first process.
  const kill = 'grep -l "$0" /proc/[0-9]*/cgroup | cut -d/ -f3 | sort -n | head -1 | xargs kill -9';
  const { code, stderr } = await ownPart(cluster).node(pod.node).exec(["sh", "-c", kill, pod.containerId]);
  if (code !== 0) throw new Error(`the container of ${pod.name} was not killed: ${stderr}`);
}
