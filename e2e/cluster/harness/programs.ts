import { ensureKubernetes } from "../../api-server/harness/kubernetes.ts";
import { ensureEtcd, ensureKubernetesClients } from "../../api-server/harness/tools.ts";
import { ensureContainerRuntime } from "./container-runtime.ts";
import { ensureDnsServer } from "./dns-server.ts";
import { ensureLogind } from "./logind.ts";
import { ensureNetworkPlugins } from "./network-plugins.ts";
import { ensurePauseImage } from "./pause-image.ts";
import { ensureSystemTools } from "./system-tools.ts";

/** Fetches and builds every program of a cluster, which takes long at the first call and a moment from then on. */
export async function ensureClusterPrograms(): Promise<void> {
  await Promise.all([ensureEtcd(), ensureKubernetesClients(), ensureSystemTools(), ensurePauseImage()]);
  // One after the other: a build has all processors, and its memory to itself.
  for (const name of [
    "kubelet",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
  ] as const) {
    await ensureKubernetes(name);
  }
  await ensureContainerRuntime();
  await ensureNetworkPlugins();
  await ensureDnsServer();
  await ensureLogind();
}
