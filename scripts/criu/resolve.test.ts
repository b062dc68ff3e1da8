import { expect, test } from "vitest";
import { isNewEnough } from "./resolve.ts";

test.each([
  ["4.1.1-1", false],
  ["3.17.1-2+deb12u1", false],
  ["4.2-1", true],
  ["4.2.1-1", true],
  ["4.10-1", true],
  ["5.0-1~exp1", true],
])("CRIU %s is new enough: %s", (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
