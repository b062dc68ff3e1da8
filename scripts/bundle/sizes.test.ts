import { expect, test } from "vitest";
import { formatSize, sizes } from "./sizes.ts";

test("parts are summed, the largest first, then all", () => {
  const file = (path: string, bytes: number) => ({ path, bytes, sha256: "" });
  const record = {
    format: 1,
    crik: "0.0.0",
    architecture: "x64",
    runtime: { name: "bun", version: "1.4.5" },
    criu: { suite: "forky", criu: "4.2.1-1", packages: [] },
    inputs: "",
    files: [file("lib/libc.so.6", 20), file("lib/libm.so.6", 10), file("lib/crik-core", 100)],
  } as const;
  expect(sizes(record)).toEqual([
    { part: "crik-core: the JavaScript part", bytes: 100 },
    { part: "loader and libraries", bytes: 30 },
    { part: "all", bytes: 130 },
  ]);
});

test("sizes are shown in powers of ten", () => {
  expect([formatSize(2500), formatSize(112_752_816)]).toEqual(["2.5 kB", "112.8 MB"]);
});
