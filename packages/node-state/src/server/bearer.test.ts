import { describe, expect, it } from "vitest";
import { carriesToken } from "./bearer.ts";

describe("an Authorization header", () => {
  it.each([
    ["Bearer secret", true],
    ["bearer   secret ", true],
    [undefined, false],
    ["", false],
    ["Bearer", false],
    ["Bearer ", false],
    ["Bearer secre", false],
    ["Bearer secrets", false],
    ["Bearer secret secret", false],
    ["Basic secret", false],
    ["secret", false],
  ])("of %j carries the token: %s", (header, carries) => {
    expect(carriesToken(header, "secret")).toBe(carries);
  });

  it("carries no token that is empty", () => {
    for (const header of ["Bearer ", "Bearer", "", undefined]) expect(carriesToken(header, "")).toBe(false);
  });
});
