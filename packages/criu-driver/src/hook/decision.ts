import { asError } from "../error.ts";
import type { HookAnswerer } from "./request.ts";

/** The one question of an operation that its caller decides: may CRIU kill the dumped tree; may the restored tree run. */
export interface HookDecision {
  readonly answer: HookAnswerer;
  /** The caller's callback has resolved. */
  readonly allowed: boolean;
  /** What the callback rejected with. */
  readonly refusal: Error | undefined;
  /** Pid of the root task, as CRIU told at the decisive hook. */
  readonly rootPid: number | undefined;
  /** Hooks that CRIU has run so far. */
  readonly seen: ReadonlySet<string>;
  /** The callback is at work. */
  readonly pending: boolean;
  /** Makes every later question a refusal, and tells a callback that is at work by its signal. */
  cancel(reason: Error): void;
  /** Resolves when no callback is at work. */
  settled(): Promise<void>;
}

/**
 * Makes the decision of one operation.
 *
 * The callback's outcome is the truth, even when it comes after an abort: it may have committed or consumed a checkpoint, and an answer against that would
 * leave the state in two places, or in none.
 */
export function createHookDecision(options: {
  /** The hook at which the callback is called. */
  readonly action: "post-dump" | "post-restore";
  readonly callback: (request: { readonly pid: number; readonly signal: AbortSignal }) => Promise<void>;
}): HookDecision {
  const cancelling = new AbortController();
  const seen = new Set<string>();
  let work: Promise<void> | undefined;
  let pending = false;
  let allowed = false;
  let refusal: Error | undefined;
  let rootPid: number | undefined;

  async function decide(pid: number, signal: AbortSignal): Promise<void> {
    pending = true;
    try {
      await options.callback({ pid, signal: AbortSignal.any([signal, cancelling.signal]) });
      allowed = true;
    } catch (error) {
      refusal = asError(error);
    } finally {
      pending = false;
    }
  }

  return {
    answer: async (request) => {
      seen.add(request.action);
      if (request.action === options.action && work === undefined && !cancelling.signal.aborted) {
        rootPid = request.pid;
        work = decide(request.pid, request.signal);
        await work;
        return allowed ? { kind: "allow" } : { kind: "refuse", because: refusal?.message ?? "refused" };
      }
      // After the decision every hook passes: to fail `pre-resume` would change nothing, CRIU only logs it.
      if (allowed || !cancelling.signal.aborted) return { kind: "allow" };
      return { kind: "refuse", because: asError(cancelling.signal.reason).message };
    },
    get allowed() {
      return allowed;
    },
    get refusal() {
      return refusal;
    },
    get rootPid() {
      return rootPid;
    },
    get pending() {
      return pending;
    },
    seen,
    cancel: (reason) => cancelling.abort(reason),
    settled: async () => work,
  };
}
