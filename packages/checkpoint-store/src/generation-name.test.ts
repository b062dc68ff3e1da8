import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatGenerationName, isClaimant, parseGenerationName } from "./generation-name.ts";

const claimant = fc.stringMatching(/^[A-Za-z0-9-]{1,80}$/);
const number = fc.integer({ min: 1, max: 999_999_999_999 });

describe("the name of a generation's directory", () => {
  it("is read as what it was made of", () => {
    const owned = fc.record({ number, state: fc.constantFrom("staging", "restoring", "consumed"), claimant });
    const free = fc.record({ number, state: fc.constantFrom("complete", "quarantined") });
    fc.assert(
      fc.property(fc.oneof(owned, free), (name) => {
        expect(parseGenerationName(formatGenerationName(name))).toEqual(name);
      }),
    );
  });

  it("is the only name of its generation", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (name) => {
        const parsed = parseGenerationName(name);
        if (parsed !== undefined) expect(formatGenerationName(parsed)).toBe(name);
      }),
    );
  });

  it.each([
    "1.complete",
    "0000001.complete",
    "000001.complete.web",
    "000001.restoring",
    "000001.restoring.",
    "000001.restoring.a.b",
    "000001.restoring.a/b",
    "000001.gone",
    "000001.complete\n",
    "-00001.complete",
    "000001",
    "",
  ])("is not %j", (name) => {
    expect(parseGenerationName(name)).toBeUndefined();
  });

  it("takes only what cannot leave the directory as a claimant", () => {
    expect(["web-0-1f2e3d4c", "A", "x".repeat(80)].every(isClaimant)).toBe(true);
    expect(["", "..", "a/b", "a.b", "a b", "é", "x".repeat(81), "a\n"].some(isClaimant)).toBe(false);
  });
});
