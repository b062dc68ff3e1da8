import { type ClaimedCheckpoint, type ClaimOutcome, isStoreError } from "@crik/checkpoint-store";
import { asError, WrapperError } from "../error.ts";
import type { OperationsContext } from "../operations-context.ts";
import { readStatus } from "../proc/status.ts";
import type { WrapperEvent } from "../state.ts";
import { type Incompatibility, incompatibilities } from "./compatibility.ts";

/** What a search answers to the machine, and the claim it holds when it found one. */
export interface SearchResult {
  readonly event: WrapperEvent;
  readonly claimed?: ClaimedCheckpoint;
}

/** What a search works with. */
export interface SearchContext extends OperationsContext {
  readonly olderThan: number | undefined;
  readonly signal: AbortSignal;
  /** Collects the generations that are left as they are, for the command they were made of. */
  readonly ofOtherCommands: Set<number>;
}

/**
 * Claims the newest checkpoint that can be restored here.
 *
 * One that does not fit this machine is never restored. Where a fresh start is the policy it is set apart, with the reason: once the application has started
 * anew, going back to the older state later would be the wrong restore. One of another command is passed by and left for it.
 *
 * @throws when the directory cannot be searched; nothing is claimed then
 */
export async function searchCheckpoint(context: SearchContext): Promise<SearchResult> {
  const { store, policy, settings, signal, log, olderThan } = context;
  if (store === undefined) return { event: { type: "no-checkpoint", because: "no image directory is configured" } };
  let outcome: ClaimOutcome;
  try {
    outcome = await store.claim({
      signal,
      waitMs: settings.claimTimeoutMs,
      olderThan,
      // Going back to an older moment is a choice.
      ifInvalid: policy.ifRestoreFails === "previous" ? "older" : "none",
      giveUpAfter: policy.ifRestoreFails === "fail" ? undefined : policy.restoreAttempts,
    });
  } catch (error) {
    // Another version of crik has made it, and this one never learns to read it.
    const neverPasses = isStoreError(error) && error.code === "ERR_STORE_FORMAT";
    if (!neverPasses || policy.ifRestoreFails === "fail") throw error;
    log.warn(
      { error },
      `the checkpoint cannot be restored here: another version of crik has made it, and this is ${context.versions.crik}`,
    );
    return { event: { type: "no-checkpoint", because: error.message } };
  }
  for (const { number, code, message } of outcome.skipped) {
    log.warn({ generation: number, code }, `a checkpoint cannot be restored and was put into quarantine: ${message}`);
  }
  switch (outcome.kind) {
    case "none":
      return { event: nothingFound(context, outcome) };
    case "held":
      return { event: { type: "checkpoint-held", by: outcome.by } };
    case "unreadable":
      return { event: unreadable(context, outcome) };
    case "claimed":
      return await weigh(context, outcome.checkpoint);
  }
}

/** A checkpoint that is claimed: does it fit this container? */
async function weigh(context: SearchContext, claimed: ClaimedCheckpoint): Promise<SearchResult> {
  const { settings } = context;
  const { number, attempts } = claimed;
  let against: readonly Incompatibility[];
  try {
    const { surroundings } = await import("./surroundings.ts");
    const here = surroundings({ ...context, capabilities: readStatus("self").capPrm });
    against = incompatibilities(claimed.manifest, here, context).filter(
      (found) => found.code !== "command" || settings.ifCommandChanged !== "restore",
    );
  } catch (error) {
    await claimed.release({ failed: true });
    return { event: unreadable(context, { number, attempts: attempts + 1, error: asError(error) }) };
  }
  if (against.length > 0) return refuse(context, claimed, against);
  return { event: { type: "checkpoint-found", number, from: claimed.manifest.hostname, attempts }, claimed };
}

function unreadable(
  { log }: SearchContext,
  { number, attempts, error }: { readonly number: number; readonly attempts: number; readonly error: Error },
): WrapperEvent {
  log.error({ error, generation: number }, "the checkpoint could not be read");
  return { type: "checkpoint-unreadable", number, attempts, error };
}

/** What becomes of a checkpoint that does not fit, and what is found instead. */
async function refuse(
  context: SearchContext,
  claimed: ClaimedCheckpoint,
  against: readonly Incompatibility[],
): Promise<SearchResult> {
  const { policy, settings, log } = context;
  const because = against.map(({ message }) => message).join("; ");
  log.warn(
    { generation: claimed.number, remedy: against.map(({ remedy }) => remedy) },
    `the checkpoint cannot be restored here: ${because}`,
  );
  if (mustFail(against, settings.ifCommandChanged, policy.ifRestoreFails)) {
    await claimed.release();
    const error = new WrapperError("ERR_WRAPPER_INCOMPATIBLE", `checkpoint ${claimed.number}: ${because}`, {
      hint: against[0]?.remedy,
    });
    return { event: { type: "search-failed", error } };
  }
  if (isOfOtherCommand(against)) {
    context.ofOtherCommands.add(claimed.number);
    await claimed.release();
  } else {
    await claimed.quarantine({ code: "incompatible", message: because });
    if (policy.ifRestoreFails !== "previous") return { event: { type: "no-checkpoint", because } };
  }
  return searchCheckpoint({ ...context, olderThan: claimed.number });
}

/** What it means that there is nothing to claim: that depends on what became of the newest checkpoint. */
function nothingFound(
  { policy, log }: Pick<OperationsContext, "policy" | "log">,
  { because, newest }: Extract<ClaimOutcome, { readonly kind: "none" }>,
): WrapperEvent {
  if (newest?.kind === "quarantined" && policy.ifRestoreFails === "fail") {
    const why = newest.reason?.message ?? "the reason is not known";
    const error = new WrapperError("ERR_WRAPPER_QUARANTINED", `checkpoint ${newest.number} is in quarantine: ${why}`, {
      hint: "rename its directory to NNNNNN.complete to have it tried again, or remove it to start afresh",
    });
    return { type: "search-failed", error };
  }
  if (newest?.kind === "consumed" && !newest.resumed) {
    log.warn(
      { generation: newest.number, by: newest.by },
      `generation ${newest.number} was consumed by ${newest.by} and may never have run: its container ended in that very moment. It is not restored by itself; to restore it by hand rename its directory to ${String(newest.number).padStart(6, "0")}.complete`,
    );
  }
  return { type: "no-checkpoint", because };
}

/** Whatever else differs: whether it fits here is a question for the container that has its command. */
function isOfOtherCommand(against: readonly Incompatibility[]): boolean {
  return against.some(({ code }) => code === "command");
}

function mustFail(
  against: readonly Incompatibility[],
  ifCommandChanged: "restore" | "start-fresh" | "fail",
  ifRestoreFails: "previous" | "start-fresh" | "fail",
): boolean {
  return isOfOtherCommand(against) ? ifCommandChanged === "fail" : ifRestoreFails === "fail";
}
