import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isStoreError } from "../error.ts";
import { type CarriedEntry, readIndex } from "./entry.ts";

const base = { mode: 0o644, uid: 0, gid: 0, mtimeNs: "1795489000000000001", atimeNs: "0" };
const file: CarriedEntry = {
  ...base,
  path: "/a/f",
  kind: "file",
  bytes: 10,
  segments: [
    [0, 4, 0],
    [6, 4, 4],
  ],
};
const entries: readonly CarriedEntry[] = [
  { ...base, path: "/a", kind: "directory", mode: 0o1777, parent: true },
  file,
  { ...base, path: "/a/g", kind: "file", linkTo: "/a/f" },
  { ...base, path: "/a/p", kind: "fifo" },
  { ...base, path: "/a/s", kind: "symlink", target: "../x" },
];

function codeOf(list: unknown, packBytes = 8): string | undefined {
  try {
    readIndex(typeof list === "string" ? list : JSON.stringify(list), packBytes);
    return undefined;
  } catch (error) {
    if (isStoreError(error)) return error.code;
    throw error;
  }
}

describe("the index of carried files", () => {
  it("is read as it was written", () => {
    expect(readIndex(JSON.stringify(entries), 8)).toEqual(entries);
  });

  it.each([
    ["a relative path", { ...file, path: "a/f" }],
    ["a way up", { ...file, path: "/a/../etc/shadow" }],
    ["a doubled slash", { ...file, path: "//a" }],
    ["a slash at the end", { ...file, path: "/a/" }],
    ["the root", { ...file, path: "/" }],
    ["a NUL", { ...file, path: "/a\u0000b" }],
    ["an unknown kind", { ...file, kind: "device" }],
    ["a mode with more than permissions", { ...file, mode: 0o100644 }],
    ["a negative owner", { ...file, uid: -1 }],
    ["the owner that means nobody at all", { ...file, uid: 2 ** 32 - 1 }],
    ["a time that is none", { ...file, mtimeNs: "soon" }],
    ["data beyond the file", { ...file, segments: [[8, 4, 0]] }],
    ["data beyond the pack", { ...file, segments: [[0, 4, 6]] }],
    [
      "data twice",
      {
        ...file,
        segments: [
          [0, 4, 0],
          [2, 4, 4],
        ],
      },
    ],
    [
      "data that goes back",
      {
        ...file,
        segments: [
          [6, 4, 4],
          [0, 4, 0],
        ],
      },
    ],
    ["an endless file", { ...file, bytes: 1e300 }],
    ["a link to nothing", { ...base, path: "/a/s", kind: "symlink" }],
    ["a link to itself", { ...base, path: "/a/g", kind: "file", linkTo: "/a/g" }],
  ])("is refused with %s", (_what, entry) => {
    expect(codeOf([entry])).toBe("ERR_STORE_MANIFEST");
  });

  it("is refused when a path is there twice, or a name comes before its file", () => {
    expect(codeOf([file, file])).toBe("ERR_STORE_MANIFEST");
    expect(codeOf([{ ...base, path: "/a/a", kind: "file", linkTo: "/a/f" }, file])).toBe("ERR_STORE_MANIFEST");
    expect(
      codeOf([
        { ...base, path: "/a", kind: "directory" },
        { ...base, path: "/b", kind: "file", linkTo: "/a" },
      ]),
    ).toBe("ERR_STORE_MANIFEST");
  });

  it("is refused, never more than that, whatever is written", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (written) => {
        const code = codeOf(written);
        if (code !== undefined) expect(code).toBe("ERR_STORE_MANIFEST");
        else expect(JSON.parse(written)).toEqual([]);
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(file)), fc.jsonValue(), (name, value) => {
        const code = codeOf([{ ...file, [name]: value }]);
        if (code !== undefined) expect(code).toBe("ERR_STORE_MANIFEST");
      }),
      { numRuns: 1000 },
    );
  });
});
