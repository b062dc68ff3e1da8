import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cgroupParent } from "../../harness/sweep.ts";
import type { NodeDescription } from "./description.ts";

const root = "/sys/fs/cgroup";

/** The cgroup of a node, below which all of its pods are; without a leading slash. */
export function nodeCgroup(node: NodeDescription): string {
  const cluster = dirname(node.directory);
  return `${cgroupParent}/${basename(dirname(cluster))}/${basename(cluster)}-${node.name}`;
}

/**
 * Makes a cgroup in every hierarchy of the machine, for a kubelet to have as its root: it makes none above its own.
 *
 * @param path - without a leading slash
 */
export async function makeCgroup(path: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    let place = hierarchy;
    for (const part of path.split("/")) {
      const parent = place;
      place = join(place, part);
      await mkdir(place, { recursive: true });
      // A new cpuset of version 1 is empty, and takes no process.
      for (const name of ["cpuset.cpus", "cpuset.mems"]) {
        const value = await readFile(join(parent, name), "utf8").catch(() => "");
        if (value.trim() !== "") await writeFile(join(place, name), value).catch(() => {});
      }
    }
  }
}

/** Version 2 has one hierarchy, version 1 a folder for each. */
async function hierarchies(): Promise<readonly string[]> {
  if (await isFile(join(root, "cgroup.controllers"))) return [root];
  const found: string[] = [];
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (entry.isDirectory()) found.push(join(root, entry.name));
  }
  return found;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (it) => it.isFile(),
    () => false,
  );
}
