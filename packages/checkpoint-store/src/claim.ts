import { countFailure, DeathsLimit, forgetAttempts, readAttempts, writeAttempts } from "./attempts.ts";
import type { ClaimedCheckpoint } from "./claimed.ts";
import { generationNames, pathOf, type StoreContext } from "./context.ts";
import { tryRename } from "./durable.ts";
import { isStoreError, StoreError } from "./error.ts";
import type { GenerationName } from "./generation-name.ts";
import { type GoneGeneration, newestGone } from "./gone.ts";
import { inTheMaking, newestStaging } from "./in-the-making.ts";
import { deadAfterMs, holdLease, standstillMs } from "./lease.ts";
import { type Below, newestRestorable } from "./lineage.ts";
import type { Manifest } from "./manifest/manifest.ts";
import { writeReason } from "./quarantine.ts";
import { storeError, throwIfAborted } from "./system-error.ts";

/** How a claim is made. */
export interface ClaimOptions extends Below {
  /**
   * How long to wait for another container that holds the newest generation, or is writing one, in milliseconds. To find out whether a container lives takes up
   * to {@link OpenStoreOptions.leaseMs}, and twice that for one that writes; in less, one that writes may be taken for dead. Of a time in which the volume
   * does not answer, or the machine stands still, half a lease counts. @defaultValue 0
   */
  readonly waitMs?: number | undefined;
  /**
   * What to do when the newest generation turns out to be damaged (it is quarantined in any case), or was quarantined before. `"older"`: claim the
   * one before it. `"none"`: claim nothing, so that the application does not go back in time; one that was passed over does not count. @defaultValue `"older"`
   */
  readonly ifInvalid?: "older" | "none" | undefined;
  /**
   * How many containers try a generation in vain before one that cannot be read is taken for damaged, the last of them included. @defaultValue as many as
   * there are: it stays complete
   */
  readonly giveUpAfter?: number | undefined;
  /** Ends the waiting; a claim that was made is kept and returned. */
  readonly signal?: AbortSignal | undefined;
}

/** A generation that was found damaged, or to kill whoever restores it, and was quarantined. */
export interface SkippedGeneration {
  readonly number: number;
  readonly code: string;
  readonly message: string;
}

/** What came of a claim. */
export type ClaimOutcome =
  | { readonly kind: "claimed"; readonly checkpoint: ClaimedCheckpoint; readonly skipped: readonly SkippedGeneration[] }
  | {
      readonly kind: "none";
      readonly because: string;
      readonly skipped: readonly SkippedGeneration[];
      /** The newest generation of all that was not passed over, which is not to be had any more. */
      readonly newest?: GoneGeneration;
    }
  /** `by`: the claimant whose lease was still being renewed. It restores this generation, or writes it. */
  | {
      readonly kind: "held";
      readonly by: string;
      readonly number: number;
      readonly skipped: readonly SkippedGeneration[];
    }
  /** The newest could not be read, for the volume's or this container's sake. It is complete again, for the next container, and was counted. */
  | {
      readonly kind: "unreadable";
      readonly number: number;
      /** As of a {@link ClaimedCheckpoint}, with this container. */
      readonly attempts: number;
      readonly error: StoreError;
      readonly skipped: readonly SkippedGeneration[];
    };

/** What a look at a generation that was claimed came to; `undefined` when another container has taken it over meanwhile. */
type Adopted =
  | { readonly checkpoint: ClaimedCheckpoint }
  | { readonly setApart: SkippedGeneration }
  | { readonly attempts: number; readonly error: StoreError }
  | undefined;

const LongestLookMs = 100;

/**
 * Claims the newest generation that may be restored. The rename decides; whether a holder is dead is only a guess. Of one that restores it costs nothing
 * when it is wrong: the slow holder's own rename then fails. Of one that writes it costs what is being written.
 *
 * @throws StoreError `ERR_STORE_ABORTED` while waiting, `ERR_STORE_FORMAT`, `ERR_STORE_IO`, `ERR_STORE_READ_ONLY`; nothing is claimed then
 */
export async function claimNewest(context: StoreContext, options: ClaimOptions): Promise<ClaimOutcome> {
  const { clock, claimant } = context;
  const { signal, waitMs = 0, ifInvalid = "older", giveUpAfter = Number.POSITIVE_INFINITY } = options;
  const skipped: SkippedGeneration[] = [];
  let leftMs = waitMs;
  let countedAt = clock.now();
  let hasWaited = false;

  /** @returns false when the time is over */
  async function wait(message: string, fields: { readonly generation: number; readonly by: string }): Promise<boolean> {
    const now = clock.now();
    // While everything stands still nobody can show that it lives: there must be time left for it afterwards.
    leftMs -= Math.min(now - countedAt, standstillMs(context.leaseMs));
    countedAt = now;
    if (leftMs <= 0) return false;
    if (!hasWaited) context.log.info(fields, message);
    hasWaited = true;
    await clock.sleep(Math.min(leftMs, LongestLookMs, context.leaseMs / 4), signal);
    return true;
  }

  async function seemsDead(holder: GenerationName): Promise<boolean> {
    // The first look of a claim may be judged by one long before: then nobody was waiting.
    const unchangedMs = await context.leases.unchangedMs(pathOf(context, holder), { closely: hasWaited });
    return unchangedMs >= deadAfterMs(holder.state, context.leaseMs);
  }

  for (;;) {
    throwIfAborted(signal, "the claim");
    const names = await generationNames(context);
    const making = await inTheMaking(context, names, options);
    if (making !== undefined) {
      const { number, by, isAlive } = making;
      if (await wait("another container is writing a checkpoint: it is waited for", { generation: number, by }))
        continue;
      if (isAlive) return { kind: "held", by, number, skipped };
    }
    const newest = newestRestorable(names, options);
    const gone = await newestGone(context, names, options);
    const none = { kind: "none", skipped, ...(gone && { newest: gone }) } as const;
    if (newest === undefined) return { ...none, because: whyNone(names, { ...options, claimant }) };
    if (ifInvalid === "none" && gone?.kind === "quarantined" && gone.number > newest.number) {
      return { ...none, because: `generation ${gone.number} is in quarantine, and those before it are older` };
    }
    const held = newest.state === "restoring" && newest.claimant !== claimant;
    if (held && !(await seemsDead(newest))) {
      const { number, claimant: by = "" } = newest;
      if (await wait("another container has the checkpoint: it is waited for", { generation: number, by })) continue;
      return { kind: "held", by, number, skipped };
    }
    if (!(await take(context, newest))) continue;
    const adoptIt = held ? adoptFromTheDead : adopt;
    const taken = await adoptIt(context, newest.number, giveUpAfter);
    if (taken === undefined) continue;
    if ("checkpoint" in taken) return { kind: "claimed", checkpoint: taken.checkpoint, skipped };
    if ("error" in taken) return { kind: "unreadable", number: newest.number, ...taken, skipped };
    skipped.push(taken.setApart);
  }
}

/** @returns false when another container was faster */
async function take(context: StoreContext, found: GenerationName): Promise<boolean> {
  const { claimant } = context;
  if (found.state === "restoring" && found.claimant === claimant) return true;
  await context.step(found.state === "complete" ? "claim:rename" : "claim:take-over");
  return tryRename(pathOf(context, found), pathOf(context, { number: found.number, state: "restoring", claimant }));
}

/** A generation whose restore has killed container after container is set apart, or it would go on for ever. */
async function adoptFromTheDead(context: StoreContext, number: number, giveUpAfter: number): Promise<Adopted> {
  const directory = pathOf(context, { number, state: "restoring", claimant: context.claimant });
  await context.step("claim:count");
  const { died, failed } = await readAttempts(directory);
  // A death that cannot be counted does not count.
  await writeAttempts(directory, { died: died + 1, failed }).catch(() => {});
  if (died + 1 < DeathsLimit) return adopt(context, number, giveUpAfter);
  return setApart(context, {
    number,
    code: "restore-kills",
    message: `${DeathsLimit} containers died while they restored it: look whether their memory limit is large enough for it`,
  });
}

/** Puts what was claimed into quarantine. */
async function setApart(context: StoreContext, why: SkippedGeneration): Promise<Adopted> {
  const { number } = why;
  const directory = pathOf(context, { number, state: "restoring", claimant: context.claimant });
  const quarantined = pathOf(context, { number, state: "quarantined" });
  await context.step("claim:quarantine");
  await writeReason(directory, why);
  if (!(await tryRename(directory, quarantined))) return undefined;
  await forgetAttempts(quarantined);
  return { setApart: why };
}

/** Reads what was claimed; a damaged one goes into quarantine, and one that cannot be read now is given back. */
async function adopt(context: StoreContext, number: number, giveUpAfter: number): Promise<Adopted> {
  const directory = pathOf(context, { number, state: "restoring", claimant: context.claimant });
  await context.step("claim:lease");
  const lease = await holdLease(directory, context);
  const { died, failed } = await readAttempts(directory);
  try {
    await context.step("claim:check");
    const { checkSizes, manifestOf } = await import("./manifest/check-files.ts");
    const { holdClaim } = await import("./claimed.ts");
    const manifest = await manifestOf(directory, number);
    await checkSizes(directory, manifest);
    await refuseSecondLife(context, manifest, manifestOf);
    return { checkpoint: holdClaim(context, { manifest, lease, attempts: { died, failed } }) };
  } catch (error) {
    lease.stop();
    // What is missing may be missing because another container has taken it over meanwhile.
    if (isDamage(error)) return setApart(context, { number, code: error.code, message: error.message });
    const why = storeError(error, `reading generation ${number}`);
    // Another version of crik can read it, and this one never will.
    const counts = why.code !== "ERR_STORE_FORMAT";
    const attempts = died + failed + 1;
    if (counts && attempts >= giveUpAfter) {
      return setApart(context, {
        number,
        code: "unreadable",
        message: `${attempts} containers have tried it: ${why.message}`,
      });
    }
    if (counts) await countFailure(directory, { died, failed }, context.log);
    const givenBack = await tryRename(directory, pathOf(context, { number, state: "complete" }));
    if (!counts) throw why;
    if (!givenBack) return undefined;
    return { attempts, error: why };
  }
}

/**
 * A copy of a checkpoint that was restored already, put beside it by hand or by a restored backup, has the same number as that and so is not older.
 * @throws StoreError `ERR_STORE_MANIFEST`
 */
async function refuseSecondLife(
  context: StoreContext,
  { number, id }: Manifest,
  read: (directory: string, number: number) => Promise<Manifest>,
): Promise<void> {
  for (const name of await generationNames(context)) {
    if (name.state !== "consumed" || name.number !== number) continue;
    const restored = await read(pathOf(context, name), number).catch(() => undefined);
    if (restored?.id !== id) continue;
    throw new StoreError("ERR_STORE_MANIFEST", `generation ${number} is a copy of one that was restored already`);
  }
}

/** Damage belongs to the checkpoint. Anything else is the volume's or this container's, and the next one may be luckier. */
function isDamage(error: unknown): error is StoreError {
  return isStoreError(error) && (error.code === "ERR_STORE_MANIFEST" || error.code === "ERR_STORE_SIZE");
}

function whyNone(
  names: readonly GenerationName[],
  { claimant, olderThan }: Below & { readonly claimant: string },
): string {
  const because = whyNoneIsComplete(names, { olderThan });
  const [unfinished] = newestStaging(names, { claimant, olderThan });
  return unfinished === undefined ? because : `${because}; the one that ${unfinished.claimant} began is not finished`;
}

function whyNoneIsComplete(names: readonly GenerationName[], { olderThan }: Below): string {
  const states = new Set(names.map(({ state }) => state));
  if (names.every(({ state }) => state === "staging")) return "there is no checkpoint yet";
  if (olderThan !== undefined) return `there is no checkpoint before generation ${olderThan} that may be restored`;
  if (states.has("consumed")) return "every checkpoint was restored already, or is older than one that was";
  return "every checkpoint is in quarantine";
}
