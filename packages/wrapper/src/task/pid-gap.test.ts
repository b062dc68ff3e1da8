import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pidGap } from "./pid-gap.ts";

describe("where the pid cursor goes before a restore", () => {
  it("starts above the pids of a container's first processes", () => {
    expect(pidGap([], 12, 32768)).toBe(1000);
  });

  it("leaves the pids just above the dumped ones to CRIU's helpers", () => {
    expect(pidGap([1000, 1001, 1002], 12, 32768)).toBe(1009);
  });

  it("passes by a stretch that is too short", () => {
    expect(pidGap([1000, 1200, 1300], 12, 32768)).toBe(1307);
    expect(pidGap([1000, 1300], 12, 32768)).toBe(1005);
  });

  it("never goes below where the cursor stands", () => {
    expect(pidGap([1500, 1501], 1490, 32768)).toBe(1506);
    expect(pidGap([1400], 1403, 32768)).toBe(1403);
  });

  it("says so when there is no room", () => {
    const everywhere = Array.from({ length: 200 }, (_, index) => 1000 + index * 200);
    expect(() => pidGap(everywhere, 1, 32768)).toThrow(RangeError);
  });

  it("leaves 256 pids free from where it points, and the helpers' below it, for any set of pids", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 32767 }), { maxLength: 30 }), (taken) => {
        const start = pidGap(taken, 5, 32768);
        return start >= 1000 && taken.every((pid) => pid + 2 * taken.length < start || pid >= start + 256);
      }),
    );
  });
});
