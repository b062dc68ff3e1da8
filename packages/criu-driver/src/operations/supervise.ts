import { asError } from "../error.ts";
import type { HookDecision } from "../hook/decision.ts";
import type { ProgramEnd, RunningProgram } from "../run.ts";

/** Why an operation was ended before CRIU was done. */
type Stop =
  | { readonly kind: "aborted"; readonly reason: unknown }
  | { readonly kind: "timed-out"; readonly afterMs: number };

/** How a run of CRIU ended, and whether we ended it. */
export interface SupervisedEnd {
  readonly end: ProgramEnd;
  readonly stop?: Stop;
  readonly durationMs: number;
}

/** How long CRIU may take to clean up after a refusal, in milliseconds, before it is killed. */
const CleanUpMs = 5_000;

/** Waits for CRIU under a caller's signal and a deadline, and ends it in the gentlest way that is safe. See {@link SharedOptions.signal}. */
export async function supervise(
  program: Pick<RunningProgram, "ended">,
  options: {
    readonly kill: () => void;
    readonly hook?: HookDecision | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly timeoutMs?: number | undefined;
    /** How long CRIU may go on towards its hook after it was asked to stop, in milliseconds. @defaultValue `0` */
    readonly killAfterMs?: number | undefined;
    /** When the operation began, by `performance.now()`. */
    readonly startedAt: number;
  },
): Promise<SupervisedEnd> {
  const { hook, kill } = options;
  const stopping = Promise.withResolvers<void>();
  let stop: Stop | undefined;

  function request(next: Stop): void {
    // Once a callback has resolved the operation's effect is there, and only a deadline may still end a CRIU that hangs.
    if (stop !== undefined || (next.kind === "aborted" && hook?.allowed === true)) return;
    stop = next;
    // At once, so that a callback sees its signal aborted in the same turn.
    hook?.cancel(
      next.kind === "aborted" ? asError(next.reason) : new Error(`the deadline of ${next.afterMs} ms has passed`),
    );
    stopping.resolve();
  }

  async function carryOut(): Promise<void> {
    const asked = hook?.pending === true;
    await hook?.settled();
    // With its answer CRIU cleans up by itself, which is better than any killing, unless it hangs.
    const late = setTimeout(kill, asked ? CleanUpMs : (options.killAfterMs ?? 0));
    await program.ended;
    clearTimeout(late);
  }

  const { signal, timeoutMs } = options;
  const onAbort = (): void => request({ kind: "aborted", reason: signal?.reason });
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const deadline =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => request({ kind: "timed-out", afterMs: timeoutMs }), remaining(timeoutMs, options.startedAt));
  void stopping.promise.then(carryOut);
  try {
    const end = await program.ended;
    // The hook's program may outlive CRIU, and a callback must learn that there is nothing left to allow.
    if (hook?.pending === true) {
      hook.cancel(new Error("CRIU has ended"));
      await hook.settled();
    }
    return { end, durationMs: performance.now() - options.startedAt, ...(stop === undefined ? {} : { stop }) };
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener("abort", onAbort);
  }
}

function remaining(timeoutMs: number, startedAt: number): number {
  // setTimeout turns anything above 2^31 - 1 into 1 ms.
  return Math.min(Math.max(0, timeoutMs - (performance.now() - startedAt)), 2 ** 31 - 1);
}
