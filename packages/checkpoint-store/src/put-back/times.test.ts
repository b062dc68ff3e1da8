import { describe, expect, it } from "vitest";
import { isNear } from "./times.ts";

describe("times that were put back", () => {
  it("count as right within what a runtime can set", () => {
    expect(isNear(1_795_489_000_000_000_119n, 1_795_489_000_000_000_000n)).toBe(true);
    expect(isNear(1_795_489_000_000_001_000n, 1_795_489_000_000_000_000n)).toBe(false);
    expect(isNear(0n, 1_000n)).toBe(false);
  });
});
