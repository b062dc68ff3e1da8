import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readAttempts } from "./attempts.ts";
import { ResumedName } from "./claimed.ts";
import { generationNames, pathOf, type StoreContext } from "./context.ts";
import { exists } from "./durable.ts";
import type { GenerationName } from "./generation-name.ts";
import { checkSizes, manifestOf } from "./manifest/check-files.ts";
import { ImagesName, type Manifest } from "./manifest/manifest.ts";
import { type QuarantineRecord, readReason } from "./quarantine.ts";
import { messageOf } from "./system-error.ts";

/** One generation, as a look at the directory shows it. */
export interface Generation extends GenerationName {
  readonly directory: string;
  readonly imageDirectory: string;
  /** Apparent size of everything in it, in bytes. */
  readonly bytes: number;
  readonly manifest?: Manifest;
  /** Why it is in quarantine. */
  readonly quarantine?: QuarantineRecord;
  /** How many containers have claimed it in vain; missing when none has. See `ClaimedCheckpoint.attempts`. */
  readonly attempts?: number;
  /** Set when it was restored and has run: a consumed one without it may never have. */
  readonly resumed?: true;
  /** Why it cannot be restored, for people: its manifest is missing or damaged, a file has another size, or it is in quarantine. */
  readonly problem?: string;
}

/** Every generation, the oldest first. One that cannot be read, or goes away meanwhile, is no reason to fail: it has a `problem`. */
export async function listGenerations(context: Pick<StoreContext, "root">): Promise<readonly Generation[]> {
  const names = await generationNames(context);
  const generations: Generation[] = [];
  for (const name of names) generations.push(await lookAt(name, pathOf(context, name)));
  return generations;
}

async function lookAt(name: GenerationName, directory: string): Promise<Generation> {
  const resumed = name.state === "consumed" && (await exists(join(directory, ResumedName)));
  const { died, failed } = await readAttempts(directory);
  const base = {
    ...name,
    directory,
    imageDirectory: join(directory, ImagesName),
    bytes: await bytesOf(directory),
    ...(died + failed > 0 && { attempts: died + failed }),
    ...(resumed && { resumed }),
  };
  const quarantine = name.state === "quarantined" ? await readReason(directory) : undefined;
  const whyQuarantined = quarantine === undefined ? {} : { quarantine, problem: quarantine.message };
  try {
    const manifest = await manifestOf(directory, name.number);
    const read = { ...base, manifest, ...whyQuarantined };
    if (name.state !== "complete") return read;
    try {
      await checkSizes(directory, manifest);
      return read;
    } catch (error) {
      return { ...read, problem: messageOf(error) };
    }
  } catch (error) {
    return { ...base, problem: messageOf(error), ...whyQuarantined };
  }
}

/** Sum of the sizes of the plain files in a generation; what cannot be looked at counts as nothing. */
async function bytesOf(directory: string): Promise<number> {
  const sizes = [directory, join(directory, ImagesName)].map(async (folder) => {
    const names = await readdir(folder).catch(() => []);
    const stats = await Promise.all(names.map((name) => lstat(join(folder, name)).catch(() => undefined)));
    return stats.reduce((sum, stat) => sum + (stat?.isFile() === true ? stat.size : 0), 0);
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
