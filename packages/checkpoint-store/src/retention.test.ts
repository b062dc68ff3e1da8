import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatGenerationName } from "./generation-name.ts";
import { isSuperseded, newestConsumed, newestRestorable } from "./lineage.ts";
import { type Retained, type Retention, retain } from "./retention.ts";

const complete = (number: number, bytes = 10, good = true): Retained => ({ number, state: "complete", bytes, good });
const quarantined = (number: number, bytes = 10): Retained => ({ number, state: "quarantined", bytes, good: false });
const held = (number: number, state: "staging" | "restoring" | "consumed", bytes = 10): Retained => ({
  number,
  state,
  bytes,
  good: state !== "staging",
  resumed: state === "consumed",
  claimant: "a",
});

function planOf(all: readonly Retained[], retention: Retention): { remove: string[]; strip: string[] } {
  const { remove, strip } = retain(all, retention);
  return { remove: remove.map(formatGenerationName).sort(), strip: strip.map(formatGenerationName) };
}

describe("what is kept", () => {
  it("is the newest complete ones, by count", () => {
    expect(planOf([complete(1), complete(2), complete(3)], { generations: 2 })).toEqual({
      remove: ["000001.complete"],
      strip: [],
    });
  });

  it("is at least one, whatever was asked for", () => {
    expect(planOf([complete(1)], { generations: 0, bytes: 0 }).remove).toEqual([]);
  });

  it("is never only a bad one: an older good one stays though it is one too many", () => {
    expect(planOf([complete(1), complete(2), complete(3, 10, false)], { generations: 1 }).remove).toEqual([
      "000001.complete",
    ]);
  });

  it("is the newest also when it seems bad: it may only be unreadable just now", () => {
    expect(planOf([complete(1, 10, false)], { generations: 1, bytes: 1 }).remove).toEqual([]);
    expect(planOf([complete(1), complete(2, 10, false)], { generations: 2, bytes: 1 }).remove).toEqual([]);
  });

  it("is not what can never be restored again", () => {
    const all = [complete(1), quarantined(1), held(2, "consumed"), held(3, "consumed"), complete(4)];
    expect(planOf(all, { generations: 9 }).remove).toEqual([
      "000001.complete",
      "000001.quarantined",
      "000002.consumed.a",
    ]);
  });

  it("is what was restored last, as long as nothing newer needs the room", () => {
    expect(planOf([held(3, "consumed")], { generations: 1 })).toEqual({ remove: [], strip: [] });
    expect(planOf([held(3, "consumed"), complete(4)], { generations: 1 })).toEqual({
      remove: [],
      strip: ["000003.consumed.a"],
    });
  });

  it("is what was restored last and may never have run, unless bytes are limited", () => {
    const unsure = { ...held(3, "consumed"), resumed: false };
    expect(planOf([unsure, complete(4)], { generations: 1 }).strip).toEqual([]);
    expect(planOf([unsure, complete(4)], { generations: 1, bytes: 10 }).strip).toEqual(["000003.consumed.a"]);
  });

  it("goes by bytes: the quarantined first, then the restored, then the oldest", () => {
    const all = [held(3, "consumed"), quarantined(4), complete(5), complete(6)];
    expect(planOf(all, { generations: 9, bytes: 40 }).remove).toEqual([]);
    expect(planOf(all, { generations: 9, bytes: 30 })).toEqual({ remove: ["000004.quarantined"], strip: [] });
    expect(planOf(all, { generations: 9, bytes: 20 })).toEqual({
      remove: ["000004.quarantined"],
      strip: ["000003.consumed.a"],
    });
    expect(planOf(all, { generations: 9, bytes: 1 }).remove).toEqual(["000004.quarantined", "000005.complete"]);
  });
});

describe("whatever lies in an image directory, retention", () => {
  const number = fc.integer({ min: 1, max: 8 });
  const bytes = fc.integer({ min: 0, max: 50 });
  const anyRetained: fc.Arbitrary<Retained> = fc.oneof(
    fc.record({
      number,
      bytes,
      good: fc.boolean(),
      state: fc.constantFrom("complete", "quarantined"),
    }),
    fc.record({
      number,
      bytes,
      good: fc.boolean(),
      state: fc.constantFrom("staging", "restoring", "consumed"),
      claimant: fc.constantFrom("a", "b"),
    }),
  );
  const anyStore = fc.uniqueArray(anyRetained, { selector: formatGenerationName, maxLength: 10 });
  const anyRetention = fc.record({
    generations: fc.integer({ min: 0, max: 4 }),
    bytes: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
  });

  it("never takes what would be restored, is being written or restored, or says what is too old", () => {
    fc.assert(
      fc.property(anyStore, anyRetention, (all, retention) => {
        const { remove, strip } = retain(all, retention);
        const gone = new Set(remove.map(formatGenerationName));
        const left = all.filter((one) => !gone.has(formatGenerationName(one)));
        // The newest good one stays.
        const good = all
          .filter(({ state, good }) => state === "complete" && good)
          .filter((one) => !isSuperseded(one, all));
        const newestGood = newestRestorable(good);
        if (newestGood !== undefined) expect(left).toContainEqual(newestGood);
        for (const { state } of remove) expect(["complete", "quarantined", "consumed"]).toContain(state);
        for (const { state } of strip) expect(state).toBe("consumed");
        // An old generation does not come to life because the newer one that was restored is forgotten.
        expect(newestConsumed(left)).toBe(newestConsumed(all));
        const before = newestRestorable(all);
        const after = newestRestorable(left);
        if (after !== undefined) expect(after.number).toBeLessThanOrEqual(before?.number ?? 0);
      }),
      { numRuns: 500 },
    );
  });

  it("comes to rest: what it left is left again", () => {
    fc.assert(
      fc.property(anyStore, anyRetention, (all, retention) => {
        const first = retain(all, retention);
        const gone = new Set(first.remove.map(formatGenerationName));
        const stripped = new Set(first.strip.map(formatGenerationName));
        const left = all
          .filter((one) => !gone.has(formatGenerationName(one)))
          .map((one) => (stripped.has(formatGenerationName(one)) ? { ...one, bytes: 0 } : one));
        expect(retain(left, retention).remove).toEqual([]);
      }),
    );
  });
});
