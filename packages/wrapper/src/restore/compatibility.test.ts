import { describe, expect, it } from "vitest";
import { incompatibilities, type Surroundings } from "./compatibility.ts";
import { cpuFeatures } from "./surroundings.ts";

const there: Surroundings = {
  command: ["app", "--port", "80"],
  versions: { crik: "1.2.0" },
  architecture: "x64",
  initDigest: "aa",
  monotonicMs: 1000,
  bootId: "one",
  mode: "unprivileged",
  cpuFeatures: ["avx", "avx2"],
  capabilities: "10000080000",
};

describe("whether a checkpoint fits the container that found it", () => {
  const cases: readonly [name: string, here: Partial<Surroundings>, codes: readonly string[]][] = [
    ["the same", { monotonicMs: 2000 }, []],
    ["a machine with more instructions", { cpuFeatures: ["avx", "avx2", "avx512f"] }, []],
    ["a machine with fewer instructions", { cpuFeatures: ["avx"] }, ["cpu"]],
    ["another architecture", { architecture: "arm64", cpuFeatures: [] }, ["architecture"]],
    ["another crik-init", { initDigest: "bb" }, ["init"]],
    ["a clock that has gone back", { monotonicMs: 999, bootId: "two" }, ["clock"]],
    ["more capabilities", { capabilities: "1ffffffffff" }, []],
    ["fewer capabilities", { capabilities: "10000000000" }, ["capabilities"]],
    ["another command", { command: ["app"] }, ["command"]],
  ];
  it.each(cases)("%s", (_name, here, codes) => {
    expect(incompatibilities(there, { ...there, ...here }).map((found) => found.code)).toEqual(codes);
  });

  it("does not mind the clock where crik can give it one of its own, whoever made it", () => {
    const here: Surroundings = { ...there, monotonicMs: 1 };
    for (const mode of ["privileged", "unprivileged"] as const) {
      expect(incompatibilities({ ...there, mode }, here, { ownClock: true })).toEqual([]);
      expect(incompatibilities(there, { ...here, mode }, { ownClock: true })).toEqual([]);
    }
  });

  it("does not mind the clock when CRIU shifts it", () => {
    const privileged: Surroundings = { ...there, mode: "privileged" };
    expect(incompatibilities(privileged, { ...there, monotonicMs: 1 }).map(({ code }) => code)).toEqual(["clock"]);
    expect(incompatibilities(privileged, { ...privileged, monotonicMs: 1 })).toEqual([]);
  });

  it("says which crik has made it, and for how long each machine has been up", () => {
    const hour = 3_600_000;
    const here = { ...there, versions: { crik: "1.3.0" }, initDigest: "bb", monotonicMs: 252_000 };
    expect(incompatibilities({ ...there, monotonicMs: 123 * hour + 5_900 }, here)).toEqual([
      {
        code: "init",
        message: "it was made by crik 1.2.0, and this is crik 1.3.0, whose crik-init is another",
        remedy: "start this pod once with crik 1.2.0",
      },
      {
        code: "clock",
        message:
          "this machine has been up for 4m12s, and the application by its clock for 5d3h5s: without a clock of its own its timers would stand still",
        remedy:
          "give the container SYS_ADMIN and SYS_TIME, best with hostUsers: false, on a machine that allows time namespaces (Linux 5.6, user.max_time_namespaces above 0); or restore on one that has been up for longer",
      },
    ]);
  });

  it("reads the instruction sets of a processor, not its other flags", () => {
    expect(cpuFeatures("processor\t: 0\nflags\t\t: fpu vme sse2 avx2 nx\n")).toEqual(["avx2", "sse2"]);
    expect(cpuFeatures("Features\t: fp asimd crc32\n")).toEqual(["asimd", "crc32"]);
  });
});
