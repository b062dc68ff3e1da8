import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Container, type ContainerOptions, startContainer } from "./container.ts";
import type { ContainerExit } from "./launch.ts";
import { runDirectory } from "./run-directory.ts";
import type { Volume } from "./volume.ts";

/** A container whose entry point is crik. */
export interface CrikOptions extends ContainerOptions {
  /** Holds the image directory. */
  readonly volume: Volume;
  /** What /etc/crik/config.yaml says. @defaultValue there is no such file */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Where the bundle is in the container. @defaultValue `/opt/crik` */
  readonly home?: string | undefined;
  /** More arguments for `crik run`, before the command. */
  readonly crikArguments?: readonly string[] | undefined;
  /** Another PID 1 and its arguments, which the command line of crik follows. @defaultValue crik is PID 1 */
  readonly under?: readonly string[] | undefined;
}

/** The bundle under test: the working tree's, or the one that `CRIK_E2E_BUNDLE` names. */
const bundleDirectory: string =
  process.env["CRIK_E2E_BUNDLE"] ??
  fileURLToPath(new URL(`../../dist/bundle/linux-${process.arch}/crik`, import.meta.url));

/** Where the image directory is in the containers. */
const imageDirectory = "/ckpt";

/** A container whose PID 1 is crik. */
export interface CrikContainer extends Container {
  readonly volume: Volume;
}

/** Starts `crik run --image-dir /ckpt -- COMMAND` as PID 1. */
export async function startCrik(options: CrikOptions): Promise<CrikContainer> {
  const home = options.home ?? "/opt/crik";
  const mounts = [
    { from: bundleDirectory, to: home, readonly: true },
    { from: options.volume.path, to: imageDirectory },
    ...(options.mounts ?? []),
  ];
  if (options.config !== undefined) {
    mounts.push({ from: await writeConfig(options.config), to: "/etc/crik/config.yaml", readonly: true });
  }
  const crik = [`${home}/bin/crik`, "run", "--image-dir", imageDirectory, ...(options.crikArguments ?? [])];
  const [program = "", ...rest] = [...(options.under ?? []), ...crik, "--", ...options.command];
  const container = await startContainer({ ...options, mounts, command: [program, ...rest] });
  return { ...container, volume: options.volume };
}

let configCount = 0;

/** JSON is YAML. */
async function writeConfig(config: Readonly<Record<string, unknown>>): Promise<string> {
  const directory = join(await runDirectory(), "config");
  await mkdir(directory, { recursive: true });
  configCount += 1;
  const path = join(directory, `${configCount}.yaml`);
  await writeFile(path, JSON.stringify(config));
  return path;
}

/**
 * Stops a container as the kubelet does and expects that it leaves a checkpoint. The status alone does not tell: an
 * application that SIGTERM has ended gives 143 as well.
 *
 * @throws Error with crik's own words when there is none.
 */
export async function checkpoint(box: CrikContainer): Promise<ContainerExit> {
  box.signal("SIGTERM");
  const exit = await box.exited;
  const found = await states(box.volume);
  if (exit.code === 143 && found.at(-1) === "complete") return exit;
  const words = box.stderr.all.join("\n");
  throw new Error(
    `no checkpoint: status ${exit.code}, in the image directory [${found.join(", ")}]; crik said:\n${words}`,
  );
}

/** Where a generation is in its life; the names in the image directory say it. */
export type GenerationState = "staging" | "complete" | "restoring" | "consumed" | "quarantined";

/** One generation, as the names in the image directory tell. */
export interface GenerationName {
  readonly number: number;
  readonly state: GenerationState;
  /** The folder, on the host. */
  readonly path: string;
}

/** The generations of a volume, the oldest first, read from the disk and not through crik. */
export async function generations(volume: Volume): Promise<readonly GenerationName[]> {
  const names = await readdir(volume.path);
  return names
    .flatMap((name): GenerationName[] => {
      const [, number, state] = /^(\d{6})\.([a-z]+)(?:\.|$)/.exec(name) ?? [];
      return isState(state) ? [{ number: Number(number), state, path: join(volume.path, name) }] : [];
    })
    .sort((a, b) => a.number - b.number);
}

/** The states of a volume's generations, the oldest first. */
export async function states(volume: Volume): Promise<readonly GenerationState[]> {
  return (await generations(volume)).map(({ state }) => state);
}

function isState(word: string | undefined): word is GenerationState {
  return ["staging", "complete", "restoring", "consumed", "quarantined"].some((state) => state === word);
}
