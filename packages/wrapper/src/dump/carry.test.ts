import { describe, expect, it } from "vitest";
import { chooseCarried } from "./carry.ts";

const changed = [
  { path: "/tmp/open", bytes: 10 },
  { path: "/tmp/closed", bytes: 90 },
];
const openPaths = ["/tmp/open", "/bin/sh"];

describe("which changed files a checkpoint carries", () => {
  it("carries all, closed ones too", () => {
    expect(chooseCarried({ changed, openPaths, limitBytes: 100 })).toEqual({ paths: ["/tmp/open", "/tmp/closed"] });
  });

  it("carries what is open above the limit, and tells by how much", () => {
    expect(chooseCarried({ changed, openPaths, limitBytes: 99 })).toEqual({
      paths: ["/tmp/open"],
      overLimitBytes: 100,
    });
  });
});
