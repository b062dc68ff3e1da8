import { existsSync } from "node:fs";

/** The cluster that the environment names, in place of one of the harness; `undefined` when it names none. */
export const givenKubeconfig: string | undefined = process.env["KUBECONFIG"] || undefined;

/** Why this machine can run no cluster; `undefined` when it can. */
export const whyNoCluster: string | undefined = problem();

function problem(): string | undefined {
  if (process.platform !== "linux") return "nodes are namespaces of Linux";
  if (process.arch !== "x64") return "helm and kubectl come as x86-64 programs";
  if (process.getuid?.() !== 0) return "making namespaces and cgroups needs root";
  const hasCgroups = ["cgroup.controllers", "memory"].some((name) => existsSync(`/sys/fs/cgroup/${name}`));
  return hasCgroups ? undefined : "there are no cgroups at /sys/fs/cgroup";
}
