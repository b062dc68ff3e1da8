import type { Freshness } from "./freshness.ts";

/** No answer is older than this. A client that asks gets 503 instead, and `/readyz` takes this replica out of the Service. */
export const StalenessBoundMs = 15_000;

/** Whether this replica may speak. */
export interface Readiness {
  /** Whether the store shows all nodes as they were at most {@link StalenessBoundMs} ago. While stopping this stays true: there are still clients. */
  readonly isFresh: () => boolean;
  /** Why no new client should come here; `undefined` when it may. */
  readonly whyNot: () => string | undefined;
  /** The last failure in talking to the API server, for {@link Readiness.whyNot}; `undefined` when all is well again. */
  setFailure(message: string | undefined): void;
  /** From now on no new client should come. */
  drain(): void;
}

/** Not ready before anything is proven. */
export function createReadiness(freshness: Freshness): Readiness {
  let draining = false;
  let failure: string | undefined;
  const isFresh = (): boolean => freshness.ageMs() <= StalenessBoundMs;
  return {
    isFresh,
    whyNot() {
      if (draining) return "stopping";
      if (isFresh()) return undefined;
      const ageMs = freshness.ageMs();
      const age = Number.isFinite(ageMs)
        ? `the last proof that nothing was missed is ${Math.round(ageMs / 1000)} s old`
        : "the nodes were not read yet";
      return failure === undefined ? age : `${age}: ${failure}`;
    },
    setFailure(message) {
      failure = message;
    },
    drain() {
      draining = true;
    },
  };
}
