import { describe, expect, it } from "vitest";
import { parseMemoryUse, roomOf } from "./memory-room.ts";

const mib = 1 << 20;

describe("the memory that a container may still take", () => {
  it("is read of a cgroup of version 2, and a cache is no use", () => {
    const statistics = `anon ${100 * mib}\nfile ${30 * mib}\ninactive_file ${20 * mib}\nactive_file ${10 * mib}\n`;
    const use = parseMemoryUse({ limit: `${256 * mib}\n`, used: `${130 * mib}\n`, statistics }, "");
    expect(use).toEqual({ limit: 256 * mib, used: 130 * mib, cache: 30 * mib });
    expect(roomOf(use)).toBe(156 * mib);
  });

  it("is read of a cgroup of version 1, with the cgroups below", () => {
    const statistics = `cache ${mib}\nactive_file 0\ninactive_file 0\ntotal_inactive_file ${mib}\ntotal_active_file 0\n`;
    expect(roomOf(parseMemoryUse({ limit: `${10 * mib}\n`, used: `${4 * mib}\n`, statistics }, "total_"))).toBe(
      7 * mib,
    );
  });

  it.each([
    ["version 2", "max\n"],
    ["version 1", "9223372036854771712\n"],
  ])("is not known without a limit: %s", (_, limit) => {
    expect(roomOf(parseMemoryUse({ limit, used: "1\n", statistics: "" }, ""))).toBeUndefined();
  });

  it("is none where more is used than the limit, for a moment", () => {
    expect(roomOf({ limit: 5, used: 9, cache: 1 })).toBe(0);
  });
});
