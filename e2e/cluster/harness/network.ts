import { spawn } from "node:child_process";
import { once } from "node:events";
import { readlink } from "node:fs/promises";
import { run } from "../../../scripts/criu/command.ts";
import { controlPlaneAddress, nodeAddress, podSubnet } from "./addresses.ts";
import { ensureSystemTools } from "./system-tools.ts";
import { waitFor } from "./wait.ts";

/** A network namespace, held by a process that does nothing else. */
export interface NetworkNamespace {
  readonly pid: number;
  /** Ends the holder; the namespace goes when nobody else is in it. */
  remove(): Promise<void>;
}

const bridge = "nodes";
/**
 * Locally administered. A bridge without one of its own has the lowest of its cables': when that node's power failed the control plane got another address, and
 * the other node went on asking for the old one, until it counted as lost too.
 */
const bridgeAddress = "02:00:00:00:00:01";

/**
 * Makes the network of a cluster: a namespace with a bridge, where the control plane will be and each node has a cable.
 * The machine's own network has no way in.
 *
 * @param directory - the cluster's: the holder works there, so that one sees whose it is
 */
export async function makeClusterNetwork(nodeCount: number, directory: string): Promise<NetworkNamespace> {
  const holder = spawn("setpriv", ["--pdeathsig", "KILL", "unshare", "--net", "sleep", "infinity"], {
    stdio: "ignore",
    cwd: directory,
  });
  await once(holder, "spawn");
  const ended = once(holder, "exit");
  const { pid } = holder;
  if (pid === undefined) throw new Error("the holder of a network namespace has no pid");
  const remove = async (): Promise<void> => {
    holder.kill("SIGKILL");
    await ended;
  };
  try {
    await entered(pid);
    const routes = Array.from({ length: nodeCount }, (_, index) => index);
    await configure(pid, [
      "ip link set lo up",
      `ip link add ${bridge} address ${bridgeAddress} type bridge`,
      `ip address add ${controlPlaneAddress}/24 dev ${bridge}`,
      `ip link set ${bridge} up`,
      ...routes.map((index) => `ip route add ${podSubnet(index)} via ${nodeAddress(index)}`),
    ]);
    return { pid, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Lays the cable from a node's namespace to the bridge. */
export async function connectNode(network: NetworkNamespace, node: NodePlace): Promise<void> {
  const cable = `node${node.index}`;
  await configure(network.pid, [
    `ip link add ${cable} type veth peer name eth0 netns ${node.pid}`,
    `ip link set ${cable} master ${bridge} up`,
  ]);
  const others = Array.from({ length: node.nodeCount }, (_, index) => index).filter((index) => index !== node.index);
  await configure(node.pid, [
    "ip link set lo up",
    `ip address add ${nodeAddress(node.index)}/24 dev eth0`,
    "ip link set eth0 up",
    `ip route add default via ${controlPlaneAddress}`,
    ...others.map((index) => `ip route add ${podSubnet(index)} via ${nodeAddress(index)}`),
  ]);
}

/** Where a node is in the network. */
export interface NodePlace {
  /** A process in its network namespace. */
  readonly pid: number;
  readonly index: number;
  readonly nodeCount: number;
}

async function configure(pid: number, commands: readonly string[]): Promise<void> {
  const { path, libraryPath } = await ensureSystemTools();
  // Set inside of the shell: nsenter itself runs with the machine's own libraries.
  const environment = [`PATH="${path}:$PATH"`, `export PATH LD_LIBRARY_PATH="${libraryPath}"`];
  await run(["nsenter", "-t", String(pid), "-n", "sh", "-ec", [...environment, ...commands].join("\n")]);
}

/** `unshare` has a pid before it has a namespace. */
async function entered(pid: number): Promise<void> {
  const ours = await readlink("/proc/self/ns/net");
  await waitFor(async () => (await readlink(`/proc/${pid}/ns/net`)) !== ours, {
    what: "the network namespace of a cluster",
    timeoutMs: 10_000,
    intervalMs: 5,
  });
}
