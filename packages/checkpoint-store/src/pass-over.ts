import { forgetAttempts } from "./attempts.ts";
import { generationNames, pathOf, type StoreContext } from "./context.ts";
import { syncDirectory, tryRename } from "./durable.ts";
import type { Below } from "./lineage.ts";
import { type QuarantineReason, writeReason } from "./quarantine.ts";

/** Which complete generations are passed over. @defaultValue all */
export interface PassOverOptions extends Below {
  /** Not these. */
  readonly except?: ReadonlySet<number> | undefined;
}

/**
 * Quarantines complete generations without claiming them: nothing of them is read. One that a container seems to have died over is removed: if it was only slow,
 * and committed it now, that would be the newest there is, and of an older life than the application's.
 *
 * @returns the numbers of those in quarantine
 */
export async function passOver(
  context: StoreContext,
  reason: QuarantineReason,
  { olderThan = Number.POSITIVE_INFINITY, except }: PassOverOptions,
): Promise<readonly number[]> {
  const passed: number[] = [];
  const names = await generationNames(context);
  for (const name of names) {
    if (name.state !== "complete" || name.number >= olderThan || except?.has(name.number) === true) continue;
    const directory = pathOf(context, name);
    await context.step("pass-over");
    await writeReason(directory, reason);
    const quarantined = pathOf(context, { number: name.number, state: "quarantined" });
    if (!(await tryRename(directory, quarantined))) continue;
    passed.push(name.number);
    await forgetAttempts(quarantined);
  }
  if (passed.length > 0) await syncDirectory(context.root);
  if (names.some(({ state }) => state === "staging")) {
    const { removeStale } = await import("./prune.ts");
    await removeStale(context);
  }
  return passed;
}
