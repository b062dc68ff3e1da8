import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../criu/command.ts";
import { type Architecture, machineNames } from "../criu/machine.ts";
import { writeArchive } from "./archive.ts";
import { type Copy, type Dockerfile, parseDockerfile } from "./dockerfile.ts";
import { layerOfCopy, layerOfFolder } from "./layer.ts";
import { type ImageConfig, type Layer, layOutImage } from "./oci.ts";
import { type Recipe, repository } from "./recipes.ts";
import type { StandIn } from "./stand-ins.ts";

/** An image that was made. */
export interface BuiltImage {
  readonly name: string;
  readonly reference: string;
  /** Of its manifest. */
  readonly digest: string;
  /** For `ctr -n k8s.io images import` and `docker load`. */
  readonly file: string;
}

/** Makes images of one architecture, one after the other; each may be based on those before it. */
export interface ImageBuilder extends AsyncDisposable {
  /** Follows the Dockerfile of the image. */
  build(recipe: Recipe): Promise<BuiltImage>;
  /** Makes the image of a folder. */
  standIn(standIn: StandIn): Promise<BuiltImage>;
}

interface Content {
  readonly config: ImageConfig;
  readonly layers: readonly Layer[];
}

const empty: Content = { config: { environment: [], labels: {} }, layers: [] };

/**
 * @param directory - gets the images, and for as long as the builder lives a folder of its own
 */
export async function createImageBuilder(architecture: Architecture, directory: string): Promise<ImageBuilder> {
  await mkdir(directory, { recursive: true });
  const work = await mkdtemp(join(directory, "making-"));
  const machine = machineNames(architecture).debian;
  const known = new Map<string, Content>([["scratch", empty]]);
  const contentOf = (reference: string): Content => {
    const content = known.get(reference);
    if (content === undefined)
      throw new Error(`${reference} is neither an image of this project nor one that has a stand-in`);
    return content;
  };
  const finish = async (name: string, reference: string, content: Content): Promise<BuiltImage> => {
    const layout = layOutImage({ reference, architecture: machine, ...content });
    const file = join(directory, `${name}.tar`);
    await writeArchive(layout, content.layers, file, work);
    return { name, reference, digest: layout.digest, file };
  };
  return {
    build: async ({ name, reference }) => {
      const { base, copies, ...own } = await readDockerfile(name, architecture);
      const below = contentOf(base);
      const layers = [...below.layers];
      for (const copy of copies) {
        layers.push(
          copy.from === undefined
            ? await layerOfCopy(copy, repository, work)
            : await copyFromImage(copy, contentOf(copy.from), work),
        );
      }
      const content = { config: configOn(below.config, own), layers };
      known.set(reference, content);
      return finish(name, reference, content);
    },
    standIn: async ({ name, short, reference, config, root }) => {
      const content = { config, layers: [await layerOfFolder(await root(), work)] };
      known.set(short, content);
      return finish(name, reference, content);
    },
    [Symbol.asyncDispose]: () => rm(work, { recursive: true, force: true }),
  };
}

/** Reads the Dockerfile of an image of this project as docker reads it on a machine of this architecture. */
export async function readDockerfile(name: string, architecture: Architecture): Promise<Dockerfile> {
  const text = await readFile(join(repository, "images", name, "Dockerfile"), "utf8");
  return parseDockerfile(text, { TARGETARCH: machineNames(architecture).debian });
}

/** As docker has it: a new entry point drops the command of the image below. */
function configOn(below: ImageConfig, own: ImageConfig): ImageConfig {
  const { command, ...inherited } = below;
  return {
    ...(own.entrypoint === undefined ? below : inherited),
    ...own,
    environment: [...below.environment, ...own.environment],
    labels: { ...below.labels, ...own.labels },
  };
}

async function copyFromImage(copy: Copy, from: Content, work: string): Promise<Layer> {
  const root = await mkdtemp(join(work, "from-"));
  try {
    for (const layer of from.layers) await run(["tar", "--extract", `--file=${layer.path}`, `--directory=${root}`]);
    return await layerOfCopy(copy, root, work);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
