import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { CarriedEntry } from "../carry/entry.ts";
import { createChanges } from "./changes.ts";
import { beginDirectory, finishDirectory } from "./directory.ts";

const root = mkdtempSync(join(tmpdir(), "crik-directory-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function entry(path: string): CarriedEntry {
  const { uid, gid } = lstatSync(root);
  return { path, kind: "directory", mode: 0o750, uid, gid, atimeNs: "0", mtimeNs: "0" };
}

describe("a directory that is put back", () => {
  it("may be made by another process between the look at it and the making", () => {
    const path = join(root, "__pycache__");
    const before = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    mkdirSync(path, 0o700);
    writeFileSync(join(path, "module.pyc"), "");
    expect(beginDirectory(entry(path), path, before, createChanges())).toBe(true);
    finishDirectory(entry(path), path);
    expect(lstatSync(path).mode & 0o7777).toBe(0o750);
    expect(readdirSync(path)).toEqual(["module.pyc"]);
  });

  it("is not made where another process has made something else in that moment", () => {
    const path = join(root, "file");
    const before = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    writeFileSync(path, "");
    expect(() => beginDirectory(entry(path), path, before, createChanges())).toThrow("EEXIST");
  });
});
