import { type RootfsName, rootfsLayers } from "../../e2e/harness/rootfs.ts";
import type { ImageConfig } from "./oci.ts";

/**
 * Public images that the examples and the Dockerfiles name. Where no registry can be reached, an image of the same name stands for each: made of Debian's packages,
 * it has the programs that the examples run.
 */
export interface StandIn {
  /** Name of its file in `dist/images`. */
  readonly name: string;
  /** As a manifest and a Dockerfile name it. */
  readonly short: string;
  /** The same in full, as container runtimes store it. */
  readonly reference: string;
  readonly config: ImageConfig;
  /** Gives the folder that is its root. */
  readonly root: () => Promise<string>;
}

const environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

export const StandIns: readonly StandIn[] = [
  {
    name: "busybox",
    short: "busybox:1.37",
    reference: "docker.io/library/busybox:1.37",
    config: { environment, labels: {}, command: ["sh"] },
    root: () => lowestLayer("busybox"),
  },
  {
    name: "python",
    short: "python:3.13-slim",
    reference: "docker.io/library/python:3.13-slim",
    config: { environment, labels: {}, command: ["python3"] },
    root: () => lowestLayer("debian"),
  },
];

/** Without the programs of the tests, which are the layer above it. */
async function lowestLayer(name: RootfsName): Promise<string> {
  const root = (await rootfsLayers(name)).at(-1);
  if (root === undefined) throw new Error(`the root file system ${name} has no layer`);
  return root;
}
