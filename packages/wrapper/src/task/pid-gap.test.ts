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

  it("stays where the cursor is near the largest pid, when the first of the next round are free too", () => {
    expect(pidGap([], 32743, 32768)).toBe(32743);
    expect(pidGap([32700], 32650, 32768)).toBe(32703);
  });

  it("goes into the next round when the checkpoint needs what comes after the largest pid", () => {
    expect(pidGap([310], 32743, 32768)).toBe(1000);
    expect(pidGap([310, 1100], 32743, 32768)).toBe(1105);
  });

  it("says so when there is no room", () => {
    const everywhere = Array.from({ length: 200 }, (_, index) => 1000 + index * 200);
    expect(pidGap(everywhere, 1, 32768)).toBeUndefined();
  });

  it("leaves the 256 pids free that come next, and the helpers' among them, wherever the cursor stands and for any set of pids", () => {
    const pids = fc.uniqueArray(fc.integer({ min: 1, max: 32767 }), { maxLength: 30 });
    fc.assert(
      fc.property(pids, fc.integer({ min: 2, max: 32767 }), (taken, from) => {
        const needed = new Set(
          taken.flatMap((pid) => Array.from({ length: 2 * taken.length + 1 }, (_, above) => pid + above)),
        );
        const start = pidGap(taken, from, 32768);
        if (start === undefined || start < 1000) return false;
        const next = (pid: number): number => (pid < 32768 ? pid : 300 + pid - 32768);
        return Array.from({ length: 256 }, (_, index) => next(start + index)).every((pid) => !needed.has(pid));
      }),
    );
  });
});
