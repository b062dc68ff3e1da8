import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineNames, parseArchitecture } from "../../../scripts/criu/machine.ts";
import { cacheDirectory } from "../../harness/cache.ts";
import { unpackDebian } from "../../harness/debian.ts";
import { ensureGoPrograms } from "../../harness/go-module.ts";
import { zigProgram } from "../../harness/zig.ts";

/** The paths of what runs containers on a node. */
export interface ContainerRuntime {
  /** A folder with containerd, its shim and ctr. */
  readonly containerd: string;
  readonly runc: string;
}

/** Gives containerd and runc, built at the first call. */
export async function ensureContainerRuntime(): Promise<ContainerRuntime> {
  return { containerd: await ensureContainerd(), runc: join(await ensureRunc(), "runc") };
}

function ensureContainerd(): Promise<string> {
  const path = "github.com/containerd/containerd/v2";
  const version = "v2.2.9";
  return ensureGoPrograms("containerd", {
    path,
    version,
    programs: {
      containerd: `${path}/cmd/containerd`,
      "containerd-shim-runc-v2": `${path}/cmd/containerd-shim-runc-v2`,
      ctr: `${path}/cmd/ctr`,
    },
    // Snapshotters that need C libraries, or that no test is about.
    tags: ["no_btrfs", "no_devmapper", "no_zfs"],
    variables: { [`${path}/version.Version`]: version },
    recipe: 1,
  });
}

/**
 * runc is the one program that Go alone cannot build: it enters namespaces in C, before Go's threads are there. The
 * compiler is the one of crik's native part, told to be content with the C library of Debian 12 and everything newer.
 */
async function ensureRunc(): Promise<string> {
  const path = "github.com/opencontainers/runc";
  const version = "v1.3.4";
  const work = await mkdtemp(join(tmpdir(), "crik-seccomp-"));
  try {
    const { triplet } = machineNames(parseArchitecture(process.arch));
    return await ensureGoPrograms("runc", {
      path,
      version,
      programs: { runc: path },
      tags: ["seccomp"],
      variables: { "main.version": version.slice(1) },
      prepare: () =>
        unpackDebian({ suite: "bookworm", packages: ["libseccomp-dev"], without: /^(?!libseccomp)/ }, work),
      environment: {
        CGO_ENABLED: "1",
        CC: `${zigProgram()} cc -target ${triplet.replace("-gnu", "-gnu.2.34")}`,
        CGO_CFLAGS: `-I${work}/usr/include`,
        CGO_LDFLAGS: `${work}/usr/lib/${triplet}/libseccomp.a`,
        // libseccomp's own paths are above; there may be no pkg-config.
        PKG_CONFIG: "true",
        ZIG_GLOBAL_CACHE_DIR: join(cacheDirectory, "zig"),
        ZIG_LOCAL_CACHE_DIR: join(work, "zig"),
      },
      recipe: 1,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
