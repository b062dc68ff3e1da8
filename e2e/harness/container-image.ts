import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../scripts/criu/command.ts";
import type { ContainerOptions } from "./container.ts";
import { runDirectory } from "./run-directory.ts";

/** A container image as a container runtime sees it. */
export interface ContainerImage {
  /** How a container of it starts, unless the pod says otherwise. */
  readonly start: Pick<ContainerOptions, "rootfs" | "uid" | "environment">;
  readonly entrypoint: readonly [string, ...string[]];
}

/** Unpacks a file that `pnpm images` has made. */
export async function unpackContainerImage(file: string): Promise<ContainerImage> {
  const directory = await mkdtemp(join(await runDirectory(), "image-"));
  await run(["tar", "--extract", `--file=${file}`, `--directory=${directory}`]);
  const read = async <Shape>(path: string): Promise<Shape> => JSON.parse(await readFile(join(directory, path), "utf8"));
  const [manifest] =
    await read<readonly [{ readonly Config: string; readonly Layers: readonly string[] }]>("manifest.json");
  const layers: string[] = [];
  for (const [index, layer] of manifest.Layers.entries()) {
    const root = join(directory, `layer-${index}`);
    await mkdir(root, { mode: 0o755 });
    await run(["tar", "--extract", "--numeric-owner", `--file=${join(directory, layer)}`, `--directory=${root}`]);
    layers.unshift(root);
  }
  const { config } = await read<{
    readonly config: {
      readonly Env: readonly string[];
      readonly Entrypoint: readonly [string, ...string[]];
      readonly User?: string;
    };
  }>(manifest.Config);
  const environment = Object.fromEntries(
    config.Env.map((text) => [text.split("=", 1)[0] ?? text, text.slice(text.indexOf("=") + 1)]),
  );
  return {
    start: { rootfs: layers, uid: Number.parseInt(config.User ?? "0", 10), environment },
    entrypoint: config.Entrypoint,
  };
}
