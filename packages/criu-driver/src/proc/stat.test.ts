import { describe, expect, it } from "vitest";
import { exitOfWaitStatus } from "../task/exit-status.ts";
import { parsePageBytes } from "./page-size.ts";
import { descendantsOf, parseProcessStat } from "./stat.ts";

const tail =
  "S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 8675309 1000 10 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 10752";

describe("parseProcessStat", () => {
  it("reads the fields", () => {
    expect(parseProcessStat(`42 (sleep) ${tail}\n`)).toEqual({
      pid: 42,
      name: "sleep",
      state: "S",
      parent: 1,
      session: 42,
      startTime: "8675309",
      waitStatus: 10752,
    });
  });

  it("is not misled by a name", () => {
    expect(parseProcessStat(`42 (a) Z 9 (b) ${tail}`)).toMatchObject({ name: "a) Z 9 (b", state: "S", parent: 1 });
  });

  it("refuses anything else", () => {
    for (const text of ["", "42 sleep", "42 (sleep)", "42 (sleep) S 1"]) expect(parseProcessStat(text)).toBeUndefined();
  });
});

describe("descendantsOf", () => {
  const process = (pid: number, parent: number): NonNullable<ReturnType<typeof parseProcessStat>> => ({
    pid,
    parent,
    session: 1,
    name: "x",
    state: "S",
    startTime: "1",
    waitStatus: 0,
  });

  it("finds children of children, and survives a snapshot that was torn into a circle", () => {
    const found = descendantsOf(1, [process(2, 1), process(3, 2), process(4, 9), process(5, 3), process(2, 5)]);
    expect(found.map(({ pid }) => pid).sort()).toEqual([2, 3, 5]);
  });
});

describe("exitOfWaitStatus", () => {
  it("reads codes and signals", () => {
    expect(exitOfWaitStatus(42 << 8)).toEqual({ kind: "exited", code: 42 });
    expect(exitOfWaitStatus(0)).toEqual({ kind: "exited", code: 0 });
    expect(exitOfWaitStatus(15)).toEqual({ kind: "signaled", signal: "SIGTERM" });
    expect(exitOfWaitStatus(11 | 128)).toEqual({ kind: "signaled", signal: "SIGSEGV" });
    expect(exitOfWaitStatus(35)).toEqual({ kind: "signaled", signal: "SIGKILL" });
  });
});

describe("parsePageBytes", () => {
  it("reads the kernel's page size", () => {
    expect(parsePageBytes("Size: 4 kB\nKernelPageSize:       64 kB\n")).toBe(65536);
    expect(parsePageBytes("")).toBe(4096);
  });
});
