import { describe, expect, it } from "vitest";

import { editDistance, nearest } from "./nearest.ts";

describe("the nearest word", () => {
  const words = ["imageDir", "gracePeriod", "checkpointOn", "checkpointSignals", "tcp"];

  it.each([
    ["imgDir", "imageDir"],
    ["image_dir", "imageDir"],
    ["imagedir", "imageDir"],
    ["gracePeroid", "gracePeriod"],
    ["checkpointsOn", "checkpointOn"],
    ["tpc", "tcp"],
  ])("to %s is %s", (word, meant) => {
    expect(nearest(word, words)).toBe(meant);
  });

  it.each(["foo", "", "x", "somethingElseEntirely", "🦊"])("to %j is none", (word) => {
    expect(nearest(word, words)).toBeUndefined();
  });

  it("counts a swap of neighbours as one mistake", () => {
    expect(editDistance("ab", "ba")).toBe(1);
    expect(editDistance("kitten", "sitting")).toBe(3);
  });

  it("gives up early on a word that is far too long", () => {
    expect(nearest("a".repeat(1_000_000), words)).toBeUndefined();
  });
});
