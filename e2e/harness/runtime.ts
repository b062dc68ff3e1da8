import { join } from "node:path";
import { machineNames, parseArchitecture } from "../../scripts/criu/machine.ts";
import { cached, exists } from "./cache.ts";
import { unpackDebian } from "./debian.ts";

/** The OCI runtimes that Kubernetes nodes have. */
export type RuntimeName = "runc" | "crun";

/** A runtime that can be started on this machine without being installed on it. */
export interface Runtime {
  readonly name: RuntimeName;
  /** The program and the options that every use of it needs. */
  readonly command: readonly [string, ...string[]];
  /** Environment of the runtime itself; a container has its own. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Gives an OCI runtime, fetched from Debian at the first call. The release is an old one because the runtime is
 * started by the host's own C library: it re-executes itself, and so cannot be started through another loader.
 */
export async function ensureRuntime(name: RuntimeName): Promise<Runtime> {
  const directory = await cached("runtime", `${name}-bookworm-1`, (target) =>
    unpackDebian({ suite: "bookworm", packages: [name], without: /^(libc6|libgcc-s1|gcc-\d+-base)$/ }, target),
  );
  const { triplet } = machineNames(parseArchitecture(process.arch));
  const libraries = [join(directory, "usr/lib", triplet), join(directory, "lib", triplet)].join(":");
  return {
    name,
    command: name === "runc" ? [join(directory, "usr/sbin/runc")] : await crunCommand(directory),
    environment: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LD_LIBRARY_PATH: libraries },
  };
}

/** crun refuses machines that have both cgroup versions mounted; in a mount namespace of its own it sees only one. */
async function crunCommand(directory: string): Promise<readonly [string, ...string[]]> {
  const crun = join(directory, "usr/bin/crun");
  const unified = "/sys/fs/cgroup/unified";
  if (!(await exists(unified))) return [crun];
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", `umount ${unified} && exec "$@"`, "sh", crun];
}
