import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../scripts/criu/command.ts";
import type { Mount } from "./spec.ts";

const serviceAccounts = new Map<string, Promise<string>>();

/**
 * The mounts that the kubelet adds to every container: single files bound over files, and a service account's token
 * on a tmpfs. A checkpoint must neither carry them along nor trip over them.
 */
export async function kubeletMounts(runDirectory: string, directory: string, hostname: string): Promise<Mount[]> {
  const files: Readonly<Record<string, string>> = {
    "/etc/hosts": `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n10.244.0.2\t${hostname}\n`,
    "/etc/resolv.conf": "search default.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
    "/etc/hostname": `${hostname}\n`,
    "/dev/termination-log": "",
  };
  const place = join(directory, "kubelet");
  await mkdir(place, { recursive: true });
  const mounts: Mount[] = [];
  for (const [to, text] of Object.entries(files)) {
    const from = join(place, to.slice(1).replaceAll("/", "-"));
    await writeFile(from, text);
    mounts.push({ from, to });
  }
  const account = serviceAccounts.get(runDirectory) ?? mountServiceAccount(runDirectory);
  serviceAccounts.set(runDirectory, account);
  mounts.push({ from: await account, to: "/var/run/secrets/kubernetes.io/serviceaccount", readonly: true });
  return mounts;
}

async function mountServiceAccount(runDirectory: string): Promise<string> {
  const place = join(runDirectory, "serviceaccount");
  await mkdir(place);
  await run(["mount", "-t", "tmpfs", "-o", "mode=755,size=1m", "tmpfs", place]);
  await writeFile(join(place, "token"), "not.a.token");
  await writeFile(join(place, "namespace"), "default");
  return place;
}
