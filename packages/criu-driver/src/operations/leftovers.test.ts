import { describe, expect, it } from "vitest";
import type { ProcessStat } from "../proc/stat.ts";
import { leftoversOf } from "./leftovers.ts";

function process(pid: number, changes: Partial<ProcessStat> = {}): ProcessStat {
  return { pid, name: "criu", state: "R", parent: 1, session: 1, startTime: "1000", waitStatus: 0, ...changes };
}

const criu = { pid: 50, stat: process(50, { startTime: "900" }), corePids: [9001, 9002, 9003] };
const pidsOf = (processes: readonly ProcessStat[]): readonly number[] =>
  leftoversOf(criu, processes).map(({ pid }) => pid);

describe("what a dead CRIU has left", () => {
  it("is a process with an id of the images, CRIU's name, and a later start", () => {
    expect(pidsOf([process(9001)])).toEqual([9001]);
  });

  it("is also what descends from one, whatever its name by now", () => {
    expect(
      pidsOf([
        process(9001),
        process(9002, { name: "node", parent: 9001 }),
        process(9003, { name: "sh", parent: 9002 }),
      ]),
    ).toEqual([9001, 9002, 9003]);
  });

  it.each([
    ["has another id", process(77)],
    ["has another name and another parent", process(9001, { name: "bash" })],
    ["is older than CRIU", process(9001, { startTime: "899" })],
    ["is dead already", process(9001, { state: "Z" })],
  ])("is not a process that %s", (_, stranger) => {
    expect(pidsOf([stranger])).toEqual([]);
  });

  it("is everything in the session that CRIU had for itself", () => {
    expect(pidsOf([process(77, { session: 50, name: "sh", startTime: "1" }), process(78, { session: 51 })])).toEqual([
      77,
    ]);
  });

  it("cannot be told by its name when CRIU was never seen", () => {
    expect(leftoversOf({ ...criu, stat: undefined }, [process(9001)])).toEqual([]);
  });
});
