import { existsSync } from "node:fs";

/** Why this machine can run no cluster; `undefined` when it can. */
export const whyNoCluster: string | undefined =
  process.platform !== "linux"
    ? "nodes are namespaces of Linux"
    : process.arch !== "x64"
      ? "helm and kubectl come as x86-64 programs"
      : process.getuid?.() !== 0
        ? "making namespaces and cgroups needs root"
        : !existsSync("/sys/fs/cgroup/cgroup.controllers") && !existsSync("/sys/fs/cgroup/memory")
          ? "there are no cgroups at /sys/fs/cgroup"
          : undefined;
