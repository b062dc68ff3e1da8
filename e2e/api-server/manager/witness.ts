import type { ManagerProcess } from "./manager-process.ts";

/** Of the manager's documentation: no answer is older. */
const stalenessBoundMs = 15_000;

/** One look at a manager. */
interface Sample {
  /** When the question was sent, in milliseconds of the monotonic clock. */
  readonly at: number;
  readonly isReady: boolean;
  /** A state, or the status of a refusal. */
  readonly state: string;
}

/** Asks a manager about one node all the time, and knows what would have been true. */
export interface Witness extends AsyncDisposable {
  readonly samples: readonly Sample[];
  /** Since just now the node is in this state. */
  changedTo(state: string): void;
  /** Resolves with the milliseconds until the manager is ready and tells the node's present state. @throws after 10 s */
  untilRight(): Promise<number>;
  /** What the manager said although it had not been true for longer than the bound; empty is what it should be. */
  lies(): readonly string[];
}

/** Begins to ask, some ten times a second. */
export function startWitness(manager: ManagerProcess, node: string, state: string): Witness {
  const truths = [{ state, from: Number.NEGATIVE_INFINITY }];
  const samples: Sample[] = [];
  let ended = false;

  async function look(): Promise<void> {
    const at = performance.now();
    const [told, probe] = await Promise.all([manager.state(node), manager.get(`${manager.probesUrl}/readyz`)]);
    samples.push({ at, isReady: probe.status === 200, state: told });
  }

  const asking = (async () => {
    while (!ended) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 90));
    }
  })();

  /** What was true at some time from so long before the question on. */
  function trueAround(at: number): ReadonlySet<string> {
    const oldest = at - stalenessBoundMs;
    return new Set(
      truths.filter((_, index) => (truths[index + 1]?.from ?? Infinity) >= oldest).map((each) => each.state),
    );
  }

  return {
    samples,
    changedTo(next) {
      truths.push({ state: next, from: performance.now() });
    },
    async untilRight() {
      const since = performance.now();
      const right = truths.at(-1)?.state;
      for (;;) {
        const last = samples.at(-1);
        if (last !== undefined && last.at >= since && last.isReady && last.state === right) return last.at - since;
        if (performance.now() - since > 10_000) throw new Error(`still not right after 10 s: ${JSON.stringify(last)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    lies() {
      return samples
        .filter((sample) => sample.state !== "503" && !trueAround(sample.at).has(sample.state))
        .map(({ at, state: told }) => `"${told}" at ${Math.round(at)}`);
    },
    async [Symbol.asyncDispose]() {
      ended = true;
      await asking;
    },
  };
}
