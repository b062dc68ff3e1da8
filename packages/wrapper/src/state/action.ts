import type { RestoreFailure } from "./input.ts";
import type { SignalName } from "./outcome.ts";

/** Everything the shell may be told to do. Data, so that a test can compare it. */
export type WrapperAction =
  /** Find and claim the newest restorable generation (below `olderThan`): `checkpoint-found`, `checkpoint-held`, `no-checkpoint` or `search-failed`. */
  | { readonly do: "look-for-checkpoint"; readonly olderThan: number | undefined }
  /** The search still answers, as soon as it can. */
  | { readonly do: "cancel-search" }
  /** Execute the command: `task-started` or `start-failed`. */
  | { readonly do: "start-task" }
  /** Restore the claimed generation: `before-resume` perhaps, then `restore-succeeded` or `restore-failed`. */
  | { readonly do: "restore"; readonly number: number }
  /** End CRIU early; only before the hook was allowed. The restore still answers, normally `restore-failed` with `refused`. */
  | { readonly do: "cancel-restore" }
  /** Rename the claim to consumed, then allow the hook; if that fails, refuse it (and `restore-failed` follows). */
  | { readonly do: "consume-and-allow"; readonly number: number }
  /** Answer the waiting hook with no. */
  | { readonly do: "refuse"; readonly hook: "before-resume" | "frozen"; readonly because: string }
  /** Undo a consume, nothing having run: consumed becomes claimed again. `take-back-files` follows at once. */
  | { readonly do: "give-back"; readonly number: number }
  /** Undo what the restore of the claimed generation has put into this container: `files-taken-back` or `take-back-failed`. `release` or `quarantine` follows. */
  | { readonly do: "take-back-files"; readonly number: number }
  /** It still answers, as soon as it can. */
  | { readonly do: "cancel-take-back" }
  /** Give up the claim: the generation is complete again, for the next container. `failed`: count this one among its attempts, and why. */
  | { readonly do: "release"; readonly number: number; readonly failed?: Error }
  /** Keep the claimed generation apart, with the reason; it is not tried again. */
  | { readonly do: "quarantine"; readonly number: number; readonly cause: RestoreFailure; readonly error: Error }
  /** Ask for the node's state now, and again until the state is no longer `deciding`; each answer, and each failure, is a `node-state`. */
  | { readonly do: "ask-node-state" }
  /** Stage and dump: `frozen` perhaps, then `dump-succeeded` or `dump-failed`. */
  | { readonly do: "dump"; readonly pid: number }
  /** End CRIU early, and a commit that has not come to its rename. The dump still answers. May be told twice. */
  | { readonly do: "cancel-dump" }
  /** Commit while the tree stands frozen, then allow the hook: `committed`; or refuse it: `commit-failed`. */
  | { readonly do: "commit-and-allow" }
  | { readonly do: "forward-signal"; readonly pid: number; readonly signal: SignalName }
  /** SIGKILL for the whole tree. */
  | { readonly do: "kill-task"; readonly pid: number }
  /** Send `deadline` with this id in `inMs` (0 or more). Replaces the one before: at most one is awaited. */
  | { readonly do: "set-deadline"; readonly id: number; readonly inMs: number };
