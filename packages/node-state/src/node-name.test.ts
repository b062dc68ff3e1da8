import { describe, expect, it } from "vitest";
import { isNodeName } from "./node-name.ts";

describe("a node's name", () => {
  it.each([
    ["n"],
    ["0"],
    ["gke-main-pool-1a2b3c4d-x1y2"],
    ["ip-10-0-1-2.eu-central-1.compute.internal"],
    ["a--b"],
    ["a".repeat(253)],
  ])("may be %s", (name) => {
    expect(isNodeName(name)).toBe(true);
  });

  it.each([
    [""],
    ["."],
    [".."],
    ["a..b"],
    [".a"],
    ["a."],
    ["-a"],
    ["a-"],
    ["a.-b"],
    ["N1"],
    ["n_1"],
    ["n1/watch"],
    ["n1?x"],
    ["n%31"],
    ["n1\n"],
    ["ñ"],
    ["a".repeat(254)],
  ])("is never %j", (name) => {
    expect(isNodeName(name)).toBe(false);
  });

  it("is judged in no time, however it is made", () => {
    const started = performance.now();
    expect(isNodeName(`${"a-".repeat(126)}!`)).toBe(false);
    expect(isNodeName(`${"a.".repeat(126)}.`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(50);
  });
});
