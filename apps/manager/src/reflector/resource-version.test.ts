import { expect, it } from "vitest";

import { isOlder } from "./resource-version.ts";

it.each([
  ["1", "2", true],
  ["2", "1", false],
  ["7", "7", false],
  ["9", "10", true],
  ["10", "9", false],
  ["99999999999999999998", "99999999999999999999", true],
  ["a", "10", false],
  ["9", "b", false],
])("%s is older than %s: %s", (one, other, answer) => {
  expect(isOlder(one, other)).toBe(answer);
});
