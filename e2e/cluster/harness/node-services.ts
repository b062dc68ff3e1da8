import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureKubernetes } from "../../api-server/harness/kubernetes.ts";
import { nodeAddress, podSubnet } from "./addresses.ts";
import { makeCgroup, nodeCgroup } from "./cgroup.ts";
import { ensureContainerRuntime } from "./container-runtime.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { NodeDescription } from "./description.ts";
import { ensureLogind } from "./logind.ts";
import { ensureNetworkPlugins } from "./network-plugins.ts";
import {
  busConfiguration,
  containerdConfiguration,
  containerdSocket,
  kubeletConfiguration,
  networkConfiguration,
  proxyConfiguration,
} from "./node-configuration.ts";
import { importImage } from "./node-images.ts";
import { execInNode, startService } from "./node-space.ts";
import { ensurePauseImage } from "./pause-image.ts";
import { ensureSystemTools, type SystemTools } from "./system-tools.ts";
import { waitFor } from "./wait.ts";

/** Starts what a node needs before there is a cluster: the message bus, logind, containerd; and gives it the pause image. */
export async function startContainerd(node: NodeDescription): Promise<void> {
  const runtime = await ensureContainerRuntime();
  const plugins = await ensureNetworkPlugins();
  const tools = await ensureSystemTools();
  const inNode = (place: string) => join(node.directory, "lib", place);
  await mkdir(inNode("cni/net.d"), { recursive: true });
  await mkdir(inNode("containerd"), { recursive: true });
  await writeFile(inNode("cni/net.d/10-pods.conflist"), networkConfiguration(podSubnet(node.index)));
  await writeFile(inNode("containerd/config.toml"), containerdConfiguration({ runc: runtime.runc, plugins }));
  const environment = { PATH: `${runtime.containerd}:${process.env["PATH"]}` };
  await startService(node, "containerd", {
    argv: ["containerd", "-c", "/var/lib/containerd/config.toml"],
    environment,
  });
  await writeFile(inNode("bus.conf"), busConfiguration);
  await startService(node, "dbus-daemon", {
    argv: ["dbus-daemon", "--config-file=/var/lib/bus.conf", "--nofork", "--nopidfile"],
    environment: environmentWith(tools),
  });
  await waitFor(async () => (await execInNode(node, ["test", "-S", "/run/dbus/system_bus_socket"])).code === 0, {
    what: `the message bus of ${node.name}`,
  });
  await startService(node, "logind", { argv: [await ensureLogind()] });
  await waitFor(async () => (await execInNode(node, ["test", "-S", containerdSocket])).code === 0, {
    what: `containerd of ${node.name}`,
  });
  await importImage(node, await ensurePauseImage());
}

/** Starts the kubelet and kube-proxy. */
export async function joinCluster(node: NodeDescription, controlPlane: ControlPlane): Promise<void> {
  const inNode = (place: string) => join(node.directory, "lib", place);
  const cgroup = nodeCgroup(node);
  await makeCgroup(cgroup);
  await mkdir(inNode("kubelet"), { recursive: true });
  await mkdir(inNode("kube-proxy"), { recursive: true });
  await writeFile(inNode("kubelet/config.json"), kubeletConfiguration(cgroup));
  await writeFile(inNode("kubelet/resolv.conf"), "");
  await writeFile(inNode("kube-proxy/config.json"), proxyConfiguration(node.name));
  await controlPlane.kubeconfigFor(node.name, inNode("kubelet/kubeconfig"));
  await controlPlane.kubeconfigFor("kube-proxy", inNode("kube-proxy/kubeconfig"));
  await startKubelet(node);
  const tools = await ensureSystemTools();
  await startService(node, "kube-proxy", {
    argv: [await ensureKubernetes("kube-proxy"), "--config=/var/lib/kube-proxy/config.json"],
    environment: environmentWith(tools),
  });
}

/** Starts the kubelet, also of a node that had one before. */
export async function startKubelet(node: NodeDescription): Promise<void> {
  await startService(node, "kubelet", {
    argv: [
      await ensureKubernetes("kubelet"),
      "--config=/var/lib/kubelet/config.json",
      "--kubeconfig=/var/lib/kubelet/kubeconfig",
      "--cert-dir=/var/lib/kubelet/pki",
      `--hostname-override=${node.name}`,
      `--node-ip=${nodeAddress(node.index)}`,
      "--v=2",
    ],
  });
}

function environmentWith({ path, libraryPath }: SystemTools): Readonly<Record<string, string>> {
  return { PATH: `${path}:${process.env["PATH"]}`, LD_LIBRARY_PATH: libraryPath };
}
