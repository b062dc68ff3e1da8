import { describe, expect, it } from "vitest";
import { incompatibilities, type Surroundings } from "./compatibility.ts";
import { cpuFeatures } from "./surroundings.ts";

const there: Surroundings = {
  command: ["app", "--port", "80"],
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

  it("does not mind the clock when the restore can shift it", () => {
    const privileged: Surroundings = { ...there, mode: "privileged" };
    expect(incompatibilities(privileged, { ...there, monotonicMs: 1 }).map(({ code }) => code)).toEqual(["clock"]);
    expect(incompatibilities(privileged, { ...privileged, monotonicMs: 1 })).toEqual([]);
  });

  it("reads the instruction sets of a processor, not its other flags", () => {
    expect(cpuFeatures("processor\t: 0\nflags\t\t: fpu vme sse2 avx2 nx\n")).toEqual(["avx2", "sse2"]);
    expect(cpuFeatures("Features\t: fp asimd crc32\n")).toEqual(["asimd", "crc32"]);
  });
});
