import { randomBytes } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ResumedName } from "./claimed.ts";
import { generationNames, pathOf, type StoreContext } from "./context.ts";
import { tryRename } from "./durable.ts";
import { formatGenerationName, type GenerationName, type GenerationState } from "./generation-name.ts";
import { deadAfterMs } from "./lease.ts";
import { isSuperseded } from "./lineage.ts";
import { listGenerations } from "./list.ts";
import { ManifestName } from "./manifest/manifest.ts";
import { type Retention, retain } from "./retention.ts";
import { storeError } from "./system-error.ts";

/** A generation that was removed. */
export interface RemovedGeneration {
  readonly number: number;
  readonly state: GenerationState;
  readonly bytes: number;
}

/** What a prune did. */
export interface PruneReport {
  readonly removed: readonly RemovedGeneration[];
  /** Generations whose content was removed, and whose name stays. */
  readonly stripped: readonly number[];
  readonly freedBytes: number;
}

const TrashPrefix = ".crik-trash-";

/**
 * Removes what retention does not keep, and what dead containers left half-written or half-removed. A directory is renamed before it is
 * removed, so that nobody can claim or commit half of it; whoever was only slow then fails at a rename of its own.
 *
 * @throws StoreError after what could be removed was removed
 */
export async function pruneStore(context: StoreContext, retention: Retention): Promise<PruneReport> {
  await emptyTrash(context);
  const all = await listGenerations(context);
  const plan = retain(
    all.map((one) => ({ ...one, good: one.manifest !== undefined && one.problem === undefined })),
    retention,
  );
  const removed: RemovedGeneration[] = [];
  for (const name of [...plan.remove, ...(await staleNames(context))]) {
    const bytes = all.find((one) => formatGenerationName(one) === formatGenerationName(name))?.bytes ?? 0;
    if (await removeGeneration(context, name)) removed.push({ number: name.number, state: name.state, bytes });
  }
  const stripped: number[] = [];
  let strippedBytes = 0;
  for (const name of plan.strip) {
    const bytes = all.find((one) => formatGenerationName(one) === formatGenerationName(name))?.bytes ?? 0;
    if (!(await stripGeneration(context, name))) continue;
    stripped.push(name.number);
    strippedBytes += bytes;
  }
  return { removed, stripped, freedBytes: removed.reduce((sum, { bytes }) => sum + bytes, strippedBytes) };
}

/**
 * Removes what dead containers left half-written. A container that only seemed dead finds at its commit that there is nothing to commit.
 *
 * @throws StoreError
 */
export async function removeStale(context: StoreContext): Promise<void> {
  for (const name of await staleNames(context)) await removeGeneration(context, name);
}

/**
 * Staging of dead containers, and superseded claims of dead ones, judged by their leases. A wrong judgement costs what a living one was writing: it is only
 * made long after the last look, or when the application goes on without that in any case.
 */
async function staleNames(context: StoreContext): Promise<readonly GenerationName[]> {
  const names = await generationNames(context);
  const stale: GenerationName[] = [];
  for (const name of names) {
    const candidate = name.state === "staging" || (name.state === "restoring" && isSuperseded(name, names));
    if (!candidate || name.claimant === context.claimant) continue;
    if ((await context.leases.unchangedMs(pathOf(context, name))) >= deadAfterMs(name.state, context.leaseMs))
      stale.push(name);
  }
  return stale;
}

async function removeGeneration(context: StoreContext, name: GenerationName): Promise<boolean> {
  const trash = join(context.root, `${TrashPrefix}${randomBytes(8).toString("hex")}`);
  await context.step("prune:rename");
  if (!(await tryRename(pathOf(context, name), trash))) return false;
  await context.step("prune:remove");
  await remove(trash);
  return true;
}

/** Everything but the name, the manifest, and the mark that it has run: what people may still want to know. */
async function stripGeneration(context: StoreContext, name: GenerationName): Promise<boolean> {
  const directory = pathOf(context, name);
  const names = await readdir(directory).catch(() => []);
  const content = names.filter((one) => one !== ManifestName && one !== ResumedName);
  if (content.length === 0) return false;
  await context.step("prune:strip");
  for (const one of content) await remove(join(directory, one));
  return true;
}

async function emptyTrash(context: StoreContext): Promise<void> {
  for (const name of await readdir(context.root).catch(() => [])) {
    const path = join(context.root, name);
    if (name.startsWith(TrashPrefix) && (await lstat(path)).isDirectory()) await remove(path);
  }
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    throw storeError(error, `removing ${path}`, { left: path });
  }
}
