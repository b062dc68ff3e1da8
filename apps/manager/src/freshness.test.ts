import { expect, it } from "vitest";

import { createFreshness, type Moment } from "./freshness.ts";
import { createReadiness, StalenessBoundMs } from "./readiness.ts";

function clocks() {
  const now = { monotonicMs: 1000, wallMs: 5_000_000 };
  const moment = (): Moment => ({ ...now });
  return { now, moment, freshness: createFreshness(moment) };
}

it("nothing is fresh before anything was proven", () => {
  expect(clocks().freshness.ageMs()).toBe(Number.POSITIVE_INFINITY);
});

it("freshness ages from the moment that was proven, not from that of the proof", () => {
  const { now, moment, freshness } = clocks();
  const asked = moment();
  now.monotonicMs += 700;
  now.wallMs += 700;
  freshness.prove(asked);
  expect(freshness.ageMs()).toBe(700);
});

it("an older proof that comes late changes nothing", () => {
  const { now, moment, freshness } = clocks();
  const early = moment();
  now.monotonicMs += 500;
  now.wallMs += 500;
  freshness.prove(moment());
  freshness.prove(early);
  expect(freshness.ageMs()).toBe(0);
});

it("a machine that was paused knows it by its wall clock", () => {
  const { now, moment, freshness } = clocks();
  freshness.prove(moment());
  now.wallMs += 60_000;
  expect(freshness.ageMs()).toBe(60_000);
});

it("a wall clock that is set back makes nothing fresher", () => {
  const { now, moment, freshness } = clocks();
  freshness.prove(moment());
  now.monotonicMs += 20_000;
  now.wallMs -= 3_600_000;
  expect(freshness.ageMs()).toBe(20_000);
});

it("a replica is ready up to the bound, says why it is not, and stays true to its clients while it stops", () => {
  const { now, moment, freshness } = clocks();
  const readiness = createReadiness(freshness);
  expect(readiness.whyNot()).toBe("the nodes were not read yet");
  freshness.prove(moment());
  now.monotonicMs += StalenessBoundMs;
  expect(readiness.whyNot()).toBeUndefined();
  now.monotonicMs += 1;
  readiness.setFailure("cannot connect");
  expect(readiness.isFresh()).toBe(false);
  expect(readiness.whyNot()).toBe("the last proof that nothing was missed is 15 s old: cannot connect");
  freshness.prove(moment());
  readiness.drain();
  expect(readiness.whyNot()).toBe("stopping");
  expect(readiness.isFresh()).toBe(true);
});
