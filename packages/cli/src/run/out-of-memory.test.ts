import { describe, expect, it } from "vitest";
import { parseOutOfMemoryKills } from "./out-of-memory.ts";

describe("how many processes the kernel has killed for their memory", () => {
  it.each([
    ["a cgroup of version 2", "low 0\nhigh 0\nmax 31\noom 2\noom_kill 2\noom_group_kill 0\n", 2],
    ["a cgroup of version 1", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", 1],
    ["a kernel that does not count them", "oom_kill_disable 0\nunder_oom 0\n", 0],
  ])("is read of %s", (_, text, kills) => {
    expect(parseOutOfMemoryKills(text)).toBe(kills);
  });
});
