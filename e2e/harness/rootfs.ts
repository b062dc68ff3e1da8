import { chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../scripts/criu/command.ts";
import { cached } from "./cache.ts";
import { unpackDebian } from "./debian.ts";
import { goProgram } from "./go.ts";
import { muslLayer } from "./musl.ts";
import { nodeLayer } from "./node-layer.ts";
import { programsLayer } from "./programs-layer.ts";

/** The container images of the tests. */
export type RootfsName = keyof typeof recipes;

/**
 * The layers of each image, the uppermost first; all are kept in the cache.
 *
 * - `busybox`: one static program, and the shell programs of the tests
 * - `empty`: a single static application and no other file, as an image made from scratch
 * - `musl`: busybox, musl's loader and `musl-counter`, which needs it; no glibc
 * - `debian`: a shell, coreutils, procps, Python
 */
const recipes = {
  busybox: async () => [await programsLayer(), await busyboxLayer()],
  empty: async () => [await goProgram("counter", "app")],
  musl: async () => [await programsLayer(), await muslLayer(), await busyboxLayer()],
  debian: async () => [await programsLayer(), await debianLayer()],
  node22: async () => [await programsLayer(), await nodeLayer(22), await debianLayer()],
  node24: async () => [await programsLayer(), await nodeLayer(24), await debianLayer()],
  node26: async () => [await programsLayer(), await nodeLayer(26), await debianLayer()],
  redis: async () => [await programsLayer(), await packagesLayer("redis-server"), await debianLayer()],
  nginx: async () => [await programsLayer(), await packagesLayer("nginx-light"), await debianLayer()],
  postgresql: async () => [await programsLayer(), await packagesLayer("postgresql-17"), await debianLayer()],
  go: async () => [await goProgram("server", "usr/local/bin/server"), await debianLayer()],
} as const;

/** Every image that {@link rootfsLayers} knows. */
export const rootfsNames: readonly RootfsName[] = Object.keys(recipes).filter(
  (name): name is RootfsName => name in recipes,
);

/** Gives the layers of an image, making what is not in the cache yet. */
export function rootfsLayers(name: RootfsName): Promise<readonly string[]> {
  return recipes[name]();
}

/** A static busybox, to be lent to a container that has none. */
export async function ensureBusybox(): Promise<string> {
  return join(await busyboxLayer(), "usr/bin/busybox");
}

function busyboxLayer(): Promise<string> {
  return cached("rootfs", "busybox-trixie-1", async (directory) => {
    await unpackDebian({ suite: "trixie", packages: ["busybox-static"] }, directory);
    const busybox = join(directory, "usr/bin/busybox");
    const applets = (await run([busybox, "--list"])).split("\n").filter((name) => name !== "" && name !== "busybox");
    for (const name of applets) await symlink("busybox", join(directory, "usr/bin", name));
    await symlink("usr/bin", join(directory, "bin"));
    await finishRoot(directory);
  });
}

function debianLayer(): Promise<string> {
  return cached("rootfs", "debian-trixie-1", async (directory) => {
    // Debian's packages have their files in /usr and rely on these links.
    for (const name of ["bin", "sbin", "lib", "lib64"]) {
      await mkdir(join(directory, "usr", name), { recursive: true });
      await symlink(`usr/${name}`, join(directory, name));
    }
    const packages = ["base-files", "coreutils", "dash", "grep", "procps", "python3", "libstdc++6", "libatomic1"];
    await unpackDebian({ suite: "trixie", packages, without: /^(dpkg|debconf|openssl-provider-legacy)$/ }, directory);
    await finishRoot(directory);
  });
}

/** A server of Debian's on top of {@link debianLayer}, without what that has and what only its installation needs. */
function packagesLayer(name: string): Promise<string> {
  return cached("rootfs", `${name}-trixie-1`, async (directory) => {
    const without =
      /^(libc6|libc-bin|dpkg|debconf|perl.*|libperl.*|gcc-.*|libllvm.*|adduser|passwd|systemd.*|init-.*|python.*)$/;
    await unpackDebian({ suite: "trixie", packages: [name], without }, directory);
    await chmod(directory, 0o755);
  });
}

/** What installation scripts of a distribution would have made. */
async function finishRoot(directory: string): Promise<void> {
  for (const name of ["etc", "root", "run", "var", "proc", "sys", "dev"]) {
    await mkdir(join(directory, name), { recursive: true });
  }
  for (const name of ["tmp", "var/tmp"]) {
    await mkdir(join(directory, name), { recursive: true });
    await chmod(join(directory, name), 0o1777);
  }
  if (!(await readdir(join(directory, "var"))).includes("run")) await symlink("/run", join(directory, "var/run"));
  await writeFile(join(directory, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/tmp:/bin/sh\n");
  await writeFile(join(directory, "etc/group"), "root:x:0:\ntty:x:5:\napp:x:1000:\n");
  // The cache's folder is made for its owner alone; a container's root is for every user in it.
  await chmod(directory, 0o755);
}
