import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArchitecture } from "../../../scripts/criu/machine.ts";
import { makeImages } from "../../../scripts/images/make.ts";
import { exists } from "../../harness/cache.ts";
import type { Cluster } from "../harness/connect.ts";

/** The images that the manifests of the cases name; `busybox` and `python` stand for the public ones. */
export type ImageName = "busybox" | "crik" | "node-state-server" | "python" | "simple-loop";

/** A folder with the tar files that `pnpm images` has made: a release's, say. Otherwise they are made of the working tree. */
const prepared = process.env["CRIK_E2E_IMAGES"];

/**
 * Gives the nodes of a cluster of the harness these images, once for each cluster. Another cluster must have them
 * already: from its registry, or loaded by whoever runs it.
 */
export async function ensureImages(cluster: Cluster, ...names: readonly ImageName[]): Promise<void> {
  if (cluster.own === undefined) return;
  const given = join(cluster.own.directory, "images-given");
  const missing: ImageName[] = [];
  for (const name of names) if (!(await exists(join(given, name)))) missing.push(name);
  if (missing.length === 0) return;
  for (const file of await filesOf(missing, join(cluster.own.directory, "images"))) await cluster.importImage(file);
  for (const name of missing) await mkdir(join(given, name), { recursive: true });
}

async function filesOf(names: readonly ImageName[], directory: string): Promise<readonly string[]> {
  if (prepared !== undefined) return names.map((name) => join(prepared, `${name}.tar`));
  await mkdir(directory, { recursive: true });
  const machine = { architecture: parseArchitecture(process.arch), directory };
  const made = await makeImages({ ...machine, names, inputsOnly: false, lock: "follow", log: () => {} });
  return made.filter(({ name }) => names.some((wanted) => wanted === name)).map(({ file }) => file);
}
