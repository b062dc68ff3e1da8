import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, lstat, mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type ClaimedCheckpoint, claimedCheckpoint, LeaseName, verifyDigests, verifySizes } from "./claimed.ts";
import type { DigestAlgorithm } from "./digest.ts";
import { codeOf, ioError, readUntrusted, tryRename } from "./durable.ts";
import { isStoreError, StoreError } from "./error.ts";
import { formatGenerationName, type GenerationName, parseGenerationName } from "./generation-name.ts";
import { type Manifest, ManifestName, readManifest } from "./manifest.ts";
import { type StagedCheckpoint, stageCheckpoint } from "./staged.ts";
import type { MakeFifo } from "./unpack.ts";

export interface OpenStoreOptions {
  readonly directory: string;
  /** Different at every start of a container; letters, digits and hyphens. */
  readonly claimant: string;
  /** @defaultValue `"xxh3"` */
  readonly digest?: DigestAlgorithm | undefined;
  /** A claim that was not renewed for this long is taken over, in milliseconds. @defaultValue 10 000 */
  readonly leaseMs?: number | undefined;
  readonly readOnly?: boolean | undefined;
  /** @defaultValue the `mkfifo` of the PATH */
  readonly makeFifo?: MakeFifo | undefined;
}

/** One generation, as a look at the directory shows it. */
export interface Generation extends GenerationName {
  readonly directory: string;
  readonly manifest?: Manifest;
  /** Why there is no manifest. */
  readonly problem?: string;
}

export type ClaimOutcome =
  | { readonly kind: "claimed"; readonly checkpoint: ClaimedCheckpoint }
  | { readonly kind: "none"; readonly because: string }
  | { readonly kind: "held"; readonly by: string };

export interface CheckpointStore {
  readonly directory: string;
  list(): Promise<readonly Generation[]>;
  stage(): Promise<StagedCheckpoint>;
  claim(options?: {
    readonly signal?: AbortSignal | undefined;
    readonly waitMs?: number | undefined;
  }): Promise<ClaimOutcome>;
  verify(number: number): Promise<void>;
  prune(retention: { readonly generations: number; readonly bytes?: number | undefined }): Promise<readonly number[]>;
}

const MarkerName = "crik-store.json";
const ManifestLimitBytes = 64 * 1024 * 1024;

export async function openStore(options: OpenStoreOptions): Promise<CheckpointStore> {
  const { directory: root, claimant } = options;
  const leaseMs = options.leaseMs ?? 10_000;
  const makeFifo = options.makeFifo ?? systemFifo;
  await prepare(root, options.readOnly === true);

  async function names(): Promise<readonly GenerationName[]> {
    const found = (await readdir(root)).flatMap((name) => parseGenerationName(name) ?? []);
    return found.sort((a, b) => a.number - b.number);
  }

  const pathOf = (name: GenerationName): string => join(root, formatGenerationName(name));
  const manifestOf = async (directory: string): Promise<Manifest> =>
    readManifest(await readUntrusted(join(directory, ManifestName), ManifestLimitBytes));

  async function list(): Promise<readonly Generation[]> {
    return Promise.all(
      (await names()).map(async (name) => {
        const directory = pathOf(name);
        try {
          return { ...name, directory, manifest: await manifestOf(directory) };
        } catch (error) {
          return { ...name, directory, problem: error instanceof Error ? error.message : String(error) };
        }
      }),
    );
  }

  async function claimed(number: number): Promise<ClaimedCheckpoint | undefined> {
    const directory = pathOf({ number, state: "restoring", claimant });
    const lease = join(directory, LeaseName);
    await writeFile(lease, "");
    const timer = setInterval(() => {
      const now = new Date();
      void utimes(lease, now, now).catch(() => {});
    }, leaseMs / 4);
    timer.unref();
    const stopRenewing = (): void => clearInterval(timer);
    try {
      const manifest = await manifestOf(directory);
      await verifySizes(directory, manifest);
      return claimedCheckpoint({ root, claimant, number, manifest, makeFifo, stopRenewing });
    } catch (error) {
      stopRenewing();
      if (!isStoreError(error) || error.code === "ERR_STORE_FORMAT") throw error;
      await writeFile(
        join(directory, "quarantine.json"),
        `${JSON.stringify({ code: error.code, message: error.message })}\n`,
      ).catch(() => {});
      await tryRename(directory, pathOf({ number, state: "quarantined" }));
      return undefined;
    }
  }

  /** The newest that may be restored, or who holds it. Older than a consumed one: the state has gone on from there. */
  async function candidate(): Promise<GenerationName | undefined> {
    const all = await names();
    const consumed = Math.max(0, ...all.filter(({ state }) => state === "consumed").map(({ number }) => number));
    return all
      .filter(({ state, number }) => number > consumed && (state === "complete" || state === "restoring"))
      .at(-1);
  }

  async function claim({
    signal,
    waitMs = 0,
  }: {
    readonly signal?: AbortSignal | undefined;
    readonly waitMs?: number | undefined;
  } = {}): Promise<ClaimOutcome> {
    const started = performance.now();
    let watched: { readonly name: string; readonly lease: string; readonly since: number } | undefined;
    for (;;) {
      const next = await candidate();
      if (next === undefined)
        return {
          kind: "none",
          because:
            (await names()).length === 0
              ? "there is no checkpoint yet"
              : "there is no checkpoint that was not restored already",
        };
      const mine = pathOf({ number: next.number, state: "restoring", claimant });
      if (next.state === "complete") {
        if (await tryRename(pathOf(next), mine)) {
          const checkpoint = await claimed(next.number);
          if (checkpoint !== undefined) return { kind: "claimed", checkpoint };
        }
        continue;
      }
      const name = formatGenerationName(next);
      const lease = await leaseOf(join(root, name, LeaseName));
      if (watched?.name !== name || watched.lease !== lease) watched = { name, lease, since: performance.now() };
      if (performance.now() - watched.since >= leaseMs) {
        if (await tryRename(pathOf(next), mine)) {
          const checkpoint = await claimed(next.number);
          if (checkpoint !== undefined) return { kind: "claimed", checkpoint };
        }
        continue;
      }
      if (signal?.aborted === true || performance.now() - started >= waitMs)
        return { kind: "held", by: next.claimant ?? "?" };
      await sleep(50, undefined, { signal }).catch(() => {});
    }
  }

  return {
    directory: root,
    list,
    claim,
    stage: async () => {
      const newest = (await names()).at(-1)?.number ?? 0;
      return stageCheckpoint({ root, claimant, number: newest + 1, digest: options.digest ?? "xxh3" });
    },
    verify: async (number) => {
      const generation = (await list()).find((one) => one.number === number && one.state !== "staging");
      if (generation === undefined)
        throw new StoreError("ERR_STORE_NOT_FOUND", `there is no generation ${number} in ${root}`);
      if (generation.manifest === undefined)
        throw new StoreError("ERR_STORE_MANIFEST", generation.problem ?? "no manifest");
      await verifySizes(generation.directory, generation.manifest);
      await verifyDigests(generation.directory, generation.manifest);
    },
    prune: async ({ generations, bytes }) => {
      const removed: number[] = [];
      const kept = (await list())
        .filter(({ state }) => state === "complete" || state === "consumed" || state === "quarantined")
        .reverse();
      let total = 0;
      for (const [index, generation] of kept.entries()) {
        total += generation.manifest?.bytes ?? 0;
        if (index === 0 || (index < generations && (bytes === undefined || total <= bytes))) continue;
        await rm(generation.directory, { recursive: true, force: true });
        removed.push(generation.number);
      }
      return removed;
    },
  };
}

async function leaseOf(path: string): Promise<string> {
  const stat = await lstat(path, { bigint: true }).catch(() => undefined);
  return stat === undefined ? "none" : String(stat.mtimeNs);
}

async function systemFifo(path: string, mode: number): Promise<void> {
  await promisify(execFile)("mkfifo", ["-m", mode.toString(8), path]);
}

/** Makes sure that the directory is one of ours, or can become one. */
async function prepare(root: string, readOnly: boolean): Promise<void> {
  const stat = await lstat(root).catch(() => undefined);
  if (stat === undefined) {
    const parent = await lstat(dirname(root)).catch(() => undefined);
    if (readOnly || parent === undefined) {
      throw new StoreError("ERR_STORE_NOT_FOUND", `the image directory ${root} does not exist`, {
        hint: "mount a volume there",
      });
    }
    await mkdir(root).catch((error: unknown) => {
      throw ioError(error, `making the image directory ${root}`);
    });
  } else if (!stat.isDirectory() && !stat.isSymbolicLink()) {
    throw new StoreError("ERR_STORE_NOT_A_DIRECTORY", `the image directory ${root} is not a directory`);
  }
  const names = await readdir(root).catch((error: unknown) => {
    throw codeOf(error) === "ENOTDIR"
      ? new StoreError("ERR_STORE_NOT_A_DIRECTORY", `the image directory ${root} is not a directory`)
      : ioError(error, `reading the image directory ${root}`);
  });
  if (names.includes(MarkerName)) {
    const { format }: { format?: unknown } = JSON.parse(await readUntrusted(join(root, MarkerName), 4096));
    if (format !== 1)
      throw new StoreError(
        "ERR_STORE_FORMAT",
        `the image directory ${root} has format ${String(format)}, and this crik knows 1`,
      );
  } else {
    const foreign = names.filter((name) => name !== "lost+found" && !name.startsWith("."));
    if (names.some((name) => name.endsWith(".img"))) {
      throw new StoreError(
        "ERR_STORE_ORIGINAL_CRIK",
        `the image directory ${root} holds a checkpoint of the original crik`,
        { hint: "use another directory, or empty this one" },
      );
    }
    if (foreign.length > 0) {
      throw new StoreError(
        "ERR_STORE_FOREIGN",
        `the image directory ${root} holds files that are not crik's: ${foreign.slice(0, 3).join(", ")}`,
        { hint: "give crik a directory of its own" },
      );
    }
    if (!readOnly) {
      await writeFile(join(root, MarkerName), '{"format":1}\n').catch((error: unknown) => {
        throw ioError(error, `writing to the image directory ${root}`);
      });
    }
  }
  if (!readOnly) {
    await access(root, constants.W_OK).catch((error: unknown) => {
      throw ioError(error, `writing to the image directory ${root}`);
    });
  }
}
