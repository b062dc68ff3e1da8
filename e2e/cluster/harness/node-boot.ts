import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureKubernetes } from "../../api-server/harness/kubernetes.ts";
import { cacheDirectory, exists } from "../../harness/cache.ts";
import { cgroupParent } from "../../harness/sweep.ts";
import { nodeAddress, podSubnet } from "./addresses.ts";
import { makeCgroup } from "./cgroup.ts";
import { ensureContainerRuntime } from "./container-runtime.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { NodeDescription } from "./description.ts";
import { ensureLogind } from "./logind.ts";
import { ensureNetworkPlugins } from "./network-plugins.ts";
import {
  containerdConfiguration,
  containerdSocket,
  type KubeletOptions,
  kubeletConfiguration,
  networkConfiguration,
  proxyConfiguration,
} from "./node-configuration.ts";
import { importImage } from "./node-images.ts";
import { execInNode, startService } from "./node-space.ts";
import { ensurePauseImage } from "./pause-image.ts";
import { ensureSystemTools } from "./system-tools.ts";
import { waitFor } from "./wait.ts";

/** A machine that is on, and how to turn it off. */
export interface BootedNode {
  readonly description: NodeDescription;
  /** Ends every process in it at once. */
  powerOff(): Promise<void>;
}

/** Where the node's files go, and what it shares with the others. */
export interface BootOptions {
  readonly name: string;
  readonly index: number;
  readonly directory: string;
  /** A folder that every node has at `/var/lib/crik-shared`. */
  readonly sharedDirectory: string;
}

const firstProcess = fileURLToPath(new URL("../programs/node.sh", import.meta.url));

/**
 * Makes the namespaces of a node. Its first process ends with the thread that called this, whatever ends that, and
 * everything in the node ends with its first process: the kernel sees to both.
 */
export async function bootNode(options: BootOptions): Promise<BootedNode> {
  const { name, index, directory } = options;
  await mkdir(directory, { recursive: true });
  await using log = await open(join(directory, "boot.log"), "a");
  const namespaces = ["--mount", "--net", "--pid", "--uts", "--kill-child"];
  const script = ["sh", firstProcess, directory, cacheDirectory, options.sharedDirectory, name];
  const holder = spawn("setpriv", ["--pdeathsig", "KILL", "unshare", ...namespaces, ...script], {
    stdio: ["ignore", log.fd, log.fd],
    cwd: "/",
  });
  await once(holder, "spawn");
  const ended = once(holder, "exit");
  try {
    await waitFor(
      async () => {
        if (holder.exitCode !== null) throw new Error(await readFile(join(directory, "boot.log"), "utf8"));
        return exists(join(directory, "ready"));
      },
      { what: `the namespaces of ${name}`, timeoutMs: 30_000, intervalMs: 20 },
    );
  } catch (error) {
    holder.kill("SIGKILL");
    await ended;
    throw error;
  }
  const children = await readFile(`/proc/${holder.pid}/task/${holder.pid}/children`, "utf8");
  const description = { name, index, pid: Number(children.trim()), directory };
  return {
    description,
    powerOff: async () => {
      killIfAlive(description.pid);
      // The holder waits for the first process, and the kernel buries that after all the others.
      await ended;
    },
  };
}

/** Sends SIGKILL to the first process of a node, which may be gone already. */
export function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** The name of a node's cgroup, below which all of its pods are. */
export function nodeCgroup(node: NodeDescription): string {
  const cluster = dirname(node.directory);
  return `${cgroupParent}/${basename(dirname(cluster))}/${basename(cluster)}-${node.name}`;
}

/** Starts what a node needs before there is a cluster: the message bus, logind, containerd; and gives it the pause image. */
export async function startContainerd(node: NodeDescription): Promise<void> {
  const [runtime, plugins, tools] = [
    await ensureContainerRuntime(),
    await ensureNetworkPlugins(),
    await ensureSystemTools(),
  ];
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
    environment: { PATH: `${tools.path}:${process.env["PATH"]}`, LD_LIBRARY_PATH: tools.libraryPath },
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
export async function joinCluster(
  node: NodeDescription,
  controlPlane: ControlPlane,
  options: KubeletOptions,
): Promise<void> {
  const inNode = (place: string) => join(node.directory, "lib", place);
  const cgroup = nodeCgroup(node);
  await makeCgroup(cgroup);
  await mkdir(inNode("kubelet"), { recursive: true });
  await mkdir(inNode("kube-proxy"), { recursive: true });
  await writeFile(inNode("kubelet/config.json"), kubeletConfiguration(cgroup, options));
  await writeFile(inNode("kubelet/resolv.conf"), "");
  await writeFile(inNode("kube-proxy/config.json"), proxyConfiguration(node.name));
  await controlPlane.kubeconfigFor(node.name, inNode("kubelet/kubeconfig"));
  await controlPlane.kubeconfigFor("kube-proxy", inNode("kube-proxy/kubeconfig"));
  await startKubelet(node);
  const tools = await ensureSystemTools();
  await startService(node, "kube-proxy", {
    argv: [await ensureKubernetes("kube-proxy"), "--config=/var/lib/kube-proxy/config.json"],
    environment: { PATH: `${tools.path}:${process.env["PATH"]}`, LD_LIBRARY_PATH: tools.libraryPath },
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

const busConfiguration = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
`;
