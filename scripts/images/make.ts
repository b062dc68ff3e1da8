import { makeBundle } from "../bundle/make.ts";
import type { Architecture } from "../criu/machine.ts";
import { runSteps } from "../steps.ts";
import { type BuiltImage, createImageBuilder, readDockerfile } from "./build.ts";
import { makeNodeRoot } from "./node-root.ts";
import { type Recipe, recipes } from "./recipes.ts";
import { StandIns } from "./stand-ins.ts";

/** Which images to make, and how. */
export interface MakeImagesOptions {
  readonly architecture: Architecture;
  /** Gets one file for each image. */
  readonly directory: string;
  /** Those of {@link recipes} and {@link StandIns} by their names, and what they are made of; none: all. */
  readonly names: readonly string[];
  /** Only what the Dockerfiles copy, so that `docker build` can follow. */
  readonly inputsOnly: boolean;
  /** What to do about the locks of Debian's packages; a release is `frozen`. */
  readonly lock: "follow" | "frozen" | "renew";
  readonly log: (line: string) => void;
}

/**
 * Makes images by their Dockerfiles, without docker.
 *
 * @throws Error when an image has no such name, or a part cannot be built, fetched or found.
 */
export async function makeImages(options: MakeImagesOptions): Promise<readonly BuiltImage[]> {
  const { architecture, directory, log } = options;
  const wanted = await withThoseBelow(options.names, architecture);
  const chosen = recipes().filter(({ name }) => wanted.has(name));
  await makeInputs(options, new Set(chosen.flatMap(({ inputs }) => inputs)));
  if (options.inputsOnly) return [];
  await using builder = await createImageBuilder(architecture, directory);
  const images: BuiltImage[] = [];
  const made = (image: BuiltImage): void => {
    images.push(image);
    log(`made ${image.name}`);
  };
  for (const standIn of StandIns) if (wanted.has(standIn.name)) made(await builder.standIn(standIn));
  for (const recipe of chosen) made(await builder.build(recipe));
  return images;
}

/** The names, and those of the images that they are based on or copy from. */
async function withThoseBelow(names: readonly string[], architecture: Architecture): Promise<ReadonlySet<string>> {
  const known = [...StandIns.map(({ name, short }) => ({ name, reference: short })), ...recipes()];
  const unknown = names.find((wanted) => !known.some(({ name }) => name === wanted));
  if (unknown !== undefined) {
    throw new Error(`there is no image ${unknown}; there are ${known.map(({ name }) => name).join(", ")}`);
  }
  const wanted = new Set(names.length === 0 ? known.map(({ name }) => name) : names);
  // Each is made only of those before it.
  for (const { name } of recipes().toReversed()) {
    if (!wanted.has(name)) continue;
    const { base, copies } = await readDockerfile(name, architecture);
    const references = new Set([base, ...copies.map(({ from }) => from)]);
    for (const other of known) if (references.has(other.reference)) wanted.add(other.name);
  }
  return wanted;
}

async function makeInputs(
  { architecture, lock, log }: MakeImagesOptions,
  inputs: ReadonlySet<Recipe["inputs"][number]>,
): Promise<void> {
  const filters = [
    ...(inputs.has("bundle") ? ["--filter=@crik/cli..."] : []),
    ...(inputs.has("manager") ? ["--filter=@crik/manager..."] : []),
  ];
  if (filters.length > 0) {
    const command = ["turbo", "run", "build", ...filters, "--output-logs=errors-only"] as const;
    const [built] = runSteps([{ name: "build the packages", command: [...command] }]);
    if (built?.ok !== true) throw new Error("the packages do not build");
  }
  if (inputs.has("bundle")) await makeBundle({ architecture, lock: lock === "renew" ? "follow" : lock, log });
  if (inputs.has("node")) await makeNodeRoot({ architecture, lock, log });
}
