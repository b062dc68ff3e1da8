import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pidGap } from "./pid-gap.ts";

describe("where the pid cursor goes before a restore", () => {
  it("starts above the pids of a container's first processes", () => {
    expect(pidGap([], 12, 32768)).toBe(1000);
    expect(pidGap([1000, 1001, 1002], 12, 32768)).toBe(1003);
  });

  it("passes by a stretch that is too short", () => {
    expect(pidGap([1000, 1200, 1300], 12, 32768)).toBe(1301);
    expect(pidGap([1000, 1300], 12, 32768)).toBe(1001);
  });

  it("never goes below where the cursor stands", () => {
    expect(pidGap([1500, 1501], 1490, 32768)).toBe(1502);
  });

  it("says so when there is no room", () => {
    const everywhere = Array.from({ length: 200 }, (_, index) => 1000 + index * 200);
    expect(() => pidGap(everywhere, 1, 32768)).toThrow(RangeError);
  });

  it("leaves 256 pids free from where it points, for any set of pids", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 32767 }), { maxLength: 60 }), (taken) => {
        const start = pidGap(taken, 5, 32768);
        return start >= 1000 && taken.every((pid) => pid < start || pid >= start + 256);
      }),
    );
  });
});
