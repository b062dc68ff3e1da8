import { describe, expect, it } from "vitest";
import { namesTag } from "./answer.ts";

describe("If-None-Match", () => {
  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['"b",W/"a" ,"c"', true],
    ["*", true],
    [undefined, false],
    ["", false],
    ['"b"', false],
    ["a", false],
    ['"aa"', false],
  ])("of %s names the tag: %s", (header, names) => {
    expect(namesTag(header, '"a"')).toBe(names);
  });
});
