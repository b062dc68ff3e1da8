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
 * One that does not fit this machine is never restored. Where a fresh start is the policy it is set apart, with the reason: once the application has started
 * anew, going back to the older state later would be the wrong restore. One of another command is passed by and left for it.
 */
export async function searchCheckpoint(
  context: OperationsContext & {
    readonly olderThan: number | undefined;
    readonly signal: AbortSignal;
    /** Collects the generations that are left as they are, for the command they were made of. */
    readonly ofOtherCommands: Set<number>;
  },
): Promise<SearchResult> {
  const { store, policy, settings, signal, log, olderThan } = context;
  if (store === undefined) return { event: { type: "no-checkpoint", because: "no image directory is configured" } };
  const outcome = await store.claim({ signal, waitMs: settings.claimTimeoutMs, olderThan });
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
  if (isOfOtherCommand(against)) {
    context.ofOtherCommands.add(claimed.number);
    await claimed.release();
  } else {
    await claimed.quarantine({ code: "incompatible", message: because });
  }
  return searchCheckpoint({ ...context, olderThan: claimed.number });
}

function isOfOtherCommand(against: readonly Incompatibility[]): boolean {
  return against.every(({ code }) => code === "command");
}

function mustFail(
  against: readonly Incompatibility[],
  ifCommandChanged: "restore" | "start-fresh" | "fail",
  ifRestoreFails: "previous" | "start-fresh" | "fail",
): boolean {
  return isOfOtherCommand(against) ? ifCommandChanged === "fail" : ifRestoreFails === "fail";
}
