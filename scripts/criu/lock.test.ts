import { expect, test } from "vitest";
import { readLock, sourceDigest } from "./lock.ts";

const source = {
  suite: "forky",
  criu: "4.2.1-1",
  packages: [
    { name: "criu", version: "4.2.1-1", sha256: "a" },
    { name: "libc6", version: "2.43-7", sha256: "b" },
  ],
};

test("the order of the packages does not matter, their content does", () => {
  const [criu, libc] = source.packages;
  if (criu === undefined || libc === undefined) throw new Error("two packages");
  expect(sourceDigest({ ...source, packages: [libc, criu] })).toBe(sourceDigest(source));
  expect(sourceDigest({ ...source, packages: [criu, { ...libc, sha256: "c" }] })).not.toBe(sourceDigest(source));
});

test("the lock pins every package of both architectures by a SHA-256", async () => {
  const { sources } = await readLock();
  expect(Object.keys(sources).sort()).toEqual(["arm64", "x64"]);
  for (const { packages } of Object.values(sources)) {
    for (const { name, sha256 } of packages) expect(sha256, name).toMatch(/^[0-9a-f]{64}$/);
  }
});
