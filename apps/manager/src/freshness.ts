/** A moment, by two clocks. */
export interface Moment {
  /** Milliseconds that never go back; they stand still while the machine sleeps. */
  readonly monotonicMs: number;
  /** Milliseconds since 1970; somebody may set them. */
  readonly wallMs: number;
}

/** Up to when it is proven that everything was seen. */
export interface Freshness {
  /** Everything that happened before `moment` has been seen. An earlier one than the last changes nothing. */
  prove(moment: Moment): void;
  /** How long ago the last proven moment is, by the clock that says more; `Infinity` when nothing was ever proven. */
  ageMs(): number;
}

/** The time now. A parameter where a test needs another. */
export function currentMoment(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/** Nothing proven yet. */
export function createFreshness(now: () => Moment = currentMoment): Freshness {
  let last: Moment | undefined;
  return {
    prove(moment) {
      if (last === undefined || moment.monotonicMs > last.monotonicMs) last = moment;
    },
    ageMs() {
      if (last === undefined) return Number.POSITIVE_INFINITY;
      const { monotonicMs, wallMs } = now();
      // A virtual machine that was paused, or a process that was checkpointed: the wall clock has gone on, the other has not.
      return Math.max(monotonicMs - last.monotonicMs, wallMs - last.wallMs);
    },
  };
}
