import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GenerationName, parseGenerationName } from "./generation-name.ts";
import { isSuperseded, newestConsumed, newestRestorable, nextNumber } from "./lineage.ts";

const named = (...names: readonly string[]): readonly GenerationName[] =>
  names.flatMap((name) => parseGenerationName(name) ?? []);

const anyNames = fc.array(
  fc.oneof(
    fc.record({ number: fc.integer({ min: 1, max: 9 }), state: fc.constantFrom("complete", "quarantined") }),
    fc.record({
      number: fc.integer({ min: 1, max: 9 }),
      state: fc.constantFrom("staging", "restoring", "consumed"),
      claimant: fc.constantFrom("a", "b"),
    }),
  ),
  { maxLength: 8 },
);

describe("which generation may be restored", () => {
  const cases: readonly [name: string, names: readonly string[], expected: string | undefined][] = [
    ["none when there is none", [], undefined],
    ["none while one is only being written", ["000001.staging.a"], undefined],
    ["the newest complete one", ["000001.complete", "000002.complete"], "2 complete"],
    ["the one before a quarantined one", ["000001.complete", "000002.quarantined"], "1 complete"],
    ["none older than one that was consumed", ["000001.complete", "000002.consumed.a"], undefined],
    ["a newer one than was consumed", ["000001.consumed.a", "000002.complete"], "2 complete"],
    ["one that is held, rather than an older one", ["000001.complete", "000002.restoring.a"], "2 restoring"],
    ["not one that is held and superseded", ["000001.restoring.a", "000002.consumed.b"], undefined],
    [
      "another checkpoint of the consumed one's number: two containers had committed at once",
      ["000003.consumed.a", "000003.complete"],
      "3 complete",
    ],
    ["the held one of two with one number", ["000003.complete", "000003.restoring.a"], "3 restoring"],
  ];
  it.each(cases)("%s", (_name, names, expected) => {
    const found = newestRestorable(named(...names));
    expect(found && `${found.number} ${found.state}`).toBe(expected);
  });

  it("only older ones, when asked", () => {
    const names = named("000001.complete", "000002.complete", "000003.complete");
    expect(newestRestorable(names, { olderThan: 3 })?.number).toBe(2);
    expect(newestRestorable(names, { olderThan: 1 })).toBeUndefined();
  });

  it("never goes back in time, whatever lies there", () => {
    fc.assert(
      fc.property(anyNames, (names) => {
        const found = newestRestorable(names);
        if (found === undefined) return;
        expect(found.number).toBeGreaterThanOrEqual(newestConsumed(names));
        expect(isSuperseded(found, names)).toBe(false);
        expect(["complete", "restoring"]).toContain(found.state);
        const others = names.filter(({ state }) => state === "complete" || state === "restoring");
        expect(found.number).toBe(Math.max(...others.map(({ number }) => number)));
      }),
    );
  });

  it("counts on from the largest number, in whatever state", () => {
    expect(nextNumber([])).toBe(1);
    fc.assert(
      fc.property(anyNames, (names) => {
        expect(names.every(({ number }) => number < nextNumber(names))).toBe(true);
      }),
    );
  });
});
