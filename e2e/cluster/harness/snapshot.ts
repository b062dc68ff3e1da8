import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../harness/cache.ts";

/** What of a machine a cluster might have changed, as lines that are equal when nothing has. */
export async function snapshotMachine(): Promise<Readonly<Record<string, readonly string[]>>> {
  const list = async (place: string) => (await readdir(place).catch(() => [])).sort();
  return {
    mounts: await linesOf("/proc/self/mountinfo"),
    interfaces: await list("/sys/class/net"),
    routes: await linesOf("/proc/net/route"),
    sysctls: await sysctls(),
    run: await list("/run"),
    "var/lib": await list("/var/lib"),
    "var/lib/cni": await list("/var/lib/cni"),
    "var/lib/kubelet": await list("/var/lib/kubelet"),
    "var/log": await list("/var/log"),
    etc: await list("/etc"),
    opt: await list("/opt"),
    libexec: await list("/usr/libexec"),
  };
}

/** Processes and cgroups of a run of the tests, by the name of its folder; the machine's other runs do not matter. */
export async function remainsOf(runName: string): Promise<readonly string[]> {
  const remains: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    // A node's programs do not name the folder, but have mounts of it in their namespace.
    const files = ["cmdline", "cgroup", "mountinfo"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8"));
    const told = await Promise.allSettled([...files, readlink(`/proc/${pid}/cwd`)]);
    const [commandLine = "", ...others] = told.map((one) => (one.status === "fulfilled" ? one.value : ""));
    if (!`${commandLine}${others.join("")}`.includes(runName)) continue;
    remains.push(`process ${pid} ${commandLine.replaceAll("\0", " ")}`);
  }
  for (const hierarchy of ["", ...(await readdir("/sys/fs/cgroup"))]) {
    const place = join("/sys/fs/cgroup", hierarchy, "crik-e2e", runName);
    if ((await readdir(place).catch(() => undefined)) !== undefined) remains.push(`cgroup ${place}`);
  }
  if ((await readdir(join(cacheDirectory, "runs", runName)).catch(() => undefined)) !== undefined) {
    remains.push(`folder ${runName}`);
  }
  return remains;
}

/** Other runs of the tests, which go on meanwhile, have mounts below their own folders. */
async function linesOf(file: string): Promise<readonly string[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines.filter((line) => !line.includes(join(cacheDirectory, "runs"))).sort();
}

/** Those that a kubelet, kube-proxy or a network plugin would set. */
async function sysctls(): Promise<readonly string[]> {
  const places = [
    "kernel/keys/root_maxbytes",
    "kernel/keys/root_maxkeys",
    "kernel/panic",
    "kernel/panic_on_oops",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "net/ipv4/ip_forward",
    "net/ipv4/conf/all/arp_notify",
    "net/ipv4/conf/all/route_localnet",
    "net/netfilter/nf_conntrack_max",
    "net/netfilter/nf_conntrack_tcp_timeout_established",
  ];
  return Promise.all(
    places.map(async (place) => `${place} ${(await readFile(`/proc/sys/${place}`, "utf8").catch(() => "-")).trim()}`),
  );
}
