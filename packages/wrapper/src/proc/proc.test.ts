import { describe, expect, it } from "vitest";
import { watchedInodes } from "../dump/tree-facts.ts";
import { parseClockOffset } from "./clock.ts";
import { parseMountPoints } from "./mounts.ts";
import { hasPathPrefix } from "./paths.ts";
import { parseStat } from "./stat.ts";
import { parseStatus } from "./status.ts";

describe("what /proc says", () => {
  it("is understood of a process", () => {
    const text = "Name:\tnode\nUid:\t1000\t1000\t1000\t1000\nCapEff:\t0000010000080000\nNoNewPrivs:\t1\nSeccomp:\t0\n";
    expect(parseStatus(text)).toEqual({
      name: "node",
      uid: 1000,
      capEff: 0x10000080000n,
      capPrm: 0n,
      noNewPrivs: true,
      seccomp: false,
    });
    expect(parseStatus("Name:\tx\nSeccomp:\t2\n")).toMatchObject({ seccomp: true, capEff: 0n, noNewPrivs: false });
  });

  it("is understood of a process's place, whatever its name", () => {
    const text = "12 (a) b (c) Z 7 12 9 0 -1 4194560 1 0 0 0 3 4 0 0 20 0 1 0 98765 0 0";
    expect(parseStat(text)).toEqual({ state: "Z", parent: 7, group: 12, session: 9, startTicks: 98765 });
  });

  it("is understood of the clock of a time namespace", () => {
    expect(parseClockOffset("monotonic           0         0\nboottime           0         0\n")).toBe(0);
    expect(parseClockOffset("monotonic     1000000 250000000\nboottime     1000001         0\n")).toBe(1_000_000_250);
    expect(parseClockOffset("monotonic         -90 500000000\nboottime         -90 500000000\n")).toBe(-89_500);
  });

  it("is understood of mounts, with blanks in their paths", () => {
    const text = "36 35 98:0 / / rw - overlay o rw\n40 36 0:5 /a /with\\040blank rw - tmpfs t rw\n";
    expect(parseMountPoints(text)).toEqual(["/", "/with blank"]);
  });

  it("is understood of watches", () => {
    const lines = ["pos:\t0", "inotify wd:1 ino:9e7e sdev:800013 mask:800afce ignored_mask:0 fhandle-bytes:8", ""];
    expect(watchedInodes(lines)).toEqual([0x9e7en]);
  });
});

describe("a path's prefix", () => {
  it("is whole names", () => {
    expect(hasPathPrefix("/a/b", "/a")).toBe(true);
    expect(hasPathPrefix("/ab", "/a")).toBe(false);
    expect(hasPathPrefix("/a", "/")).toBe(true);
  });
});
