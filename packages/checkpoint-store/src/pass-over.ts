import { forgetAttempts } from "./attempts.ts";
import { generationNames, pathOf, type StoreContext } from "./context.ts";
import { syncDirectory, tryRename } from "./durable.ts";
import type { GenerationName } from "./generation-name.ts";
import type { Below } from "./lineage.ts";
import { type QuarantineReason, writeReason } from "./quarantine.ts";

/** Which complete generations are passed over. @defaultValue all */
export interface PassOverOptions extends Below {
  /** Not these. */
  readonly except?: ReadonlySet<number> | undefined;
}

/** What passing over came to. */
export interface PassOverReport {
  /** Numbers of those in quarantine now; one that another container claims at this moment is not among them. */
  readonly passed: readonly number[];
  /** Another container, which is not known to be dead, writes or restores a generation: one may become complete yet. */
  readonly othersAtWork: boolean;
}

/**
 * Quarantines complete generations without claiming them: nothing of them is read. One that a container seems to have died over is quarantined too when it
 * was restored, and removed when it was written: if that container was only slow, and committed it now, it would be the newest there is, and of an older
 * life than the application's.
 */
export async function passOver(
  context: StoreContext,
  reason: QuarantineReason,
  { olderThan = Number.POSITIVE_INFINITY, except }: PassOverOptions,
): Promise<PassOverReport> {
  // First what is half-written: what is not committed after this is seen below, or never.
  if ((await generationNames(context)).some(isWrittenByAnother)) {
    const { removeStale } = await import("./prune.ts");
    await removeStale(context);
  }
  const passed: number[] = [];
  for (const name of await generationNames(context)) {
    if (name.number >= olderThan || except?.has(name.number) === true || !(await isLeft(name))) continue;
    const directory = pathOf(context, name);
    await context.step("pass-over");
    await writeReason(directory, reason);
    const quarantined = pathOf(context, { number: name.number, state: "quarantined" });
    if (!(await tryRename(directory, quarantined))) continue;
    passed.push(name.number);
    await forgetAttempts(quarantined);
  }
  if (passed.length > 0) await syncDirectory(context.root);
  const left = await generationNames(context);
  return { passed, othersAtWork: left.some((name) => isWrittenByAnother(name) || isRestoredByAnother(name)) };

  function isWrittenByAnother({ state, claimant }: GenerationName): boolean {
    return state === "staging" && claimant !== context.claimant;
  }

  function isRestoredByAnother({ state, claimant }: GenerationName): boolean {
    return state === "restoring" && claimant !== context.claimant;
  }

  async function isLeft(name: GenerationName): Promise<boolean> {
    if (name.state === "complete") return true;
    return isRestoredByAnother(name) && (await context.leases.unchangedMs(pathOf(context, name))) >= context.leaseMs;
  }
}
