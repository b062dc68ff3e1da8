import type { ClaimedCheckpoint } from "@crik/checkpoint-store";
import { WrapperError } from "../error.ts";
import type { OperationsContext } from "../operations.ts";
import type { WrapperEvent } from "../state.ts";
import { type Incompatibility, incompatibilities } from "./compatibility.ts";
import { surroundings } from "./surroundings.ts";

/** What a search answers to the machine, and the claim it holds when it found one. */
export interface SearchResult {
  readonly event: WrapperEvent;
  readonly claimed?: ClaimedCheckpoint;
}

/**
 * Claims the newest checkpoint that can be restored here.
 *
 * One that does not fit this machine or this command is never restored. Where a fresh start is the policy it is set apart as
 * well, with the reason: once the application has started anew, going back to the older state later would be the wrong restore.
 */
export async function searchCheckpoint(
  context: OperationsContext & { readonly olderThan: number | undefined; readonly signal: AbortSignal },
): Promise<SearchResult> {
  const { store, policy, settings, signal, log } = context;
  if (store === undefined) return { event: { type: "no-checkpoint", because: "no image directory is configured" } };
  const outcome = await store.claim({ signal, waitMs: settings.claimTimeoutMs });
  if (outcome.kind === "none") return { event: { type: "no-checkpoint", because: outcome.because } };
  if (outcome.kind === "held") return { event: { type: "checkpoint-held", by: outcome.by } };

  const claimed = outcome.checkpoint;
  const here = surroundings(context);
  const against = incompatibilities(claimed.manifest, here).filter(
    (found) => found.code !== "command" || settings.ifCommandChanged !== "restore",
  );
  const event = { type: "checkpoint-found", number: claimed.number, from: claimed.manifest.hostname } as const;
  const [first] = against;
  if (first === undefined) return { event, claimed };

  const because = against.map(({ message }) => message).join("; ");
  log.warn(
    { generation: claimed.number, remedy: against.map(({ remedy }) => remedy) },
    `the checkpoint cannot be restored here: ${because}`,
  );
  if (mustFail(against, settings.ifCommandChanged, policy.ifRestoreFails)) {
    await claimed.release();
    const error = new WrapperError("ERR_WRAPPER_INCOMPATIBLE", `checkpoint ${claimed.number}: ${because}`, {
      hint: first.remedy,
    });
    return { event: { type: "search-failed", error } };
  }
  await claimed.quarantine({ code: "incompatible", message: because });
  return searchCheckpoint(context);
}

function mustFail(
  against: readonly Incompatibility[],
  ifCommandChanged: "restore" | "start-fresh" | "fail",
  ifRestoreFails: "previous" | "start-fresh" | "fail",
): boolean {
  const onlyCommand = against.every(({ code }) => code === "command");
  return onlyCommand ? ifCommandChanged === "fail" : ifRestoreFails === "fail";
}
