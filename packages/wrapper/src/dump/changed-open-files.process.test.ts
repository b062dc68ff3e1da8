import { lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { changedOpenFiles } from "./changed-open-files.ts";

const folder = mkdtempSync(join(tmpdir(), "crik-open-"));
const [file, directory] = [join(folder, "file"), join(folder, "directory")];
writeFileSync(file, "x");
mkdirSync(directory);
afterAll(() => rmSync(folder, { recursive: true }));

describe("what of the open files has changed", () => {
  it("is everything whose ctime is not earlier, files and the folders that processes stand in", () => {
    const { ctimeNs } = lstatSync(directory, { bigint: true });
    const open = [file, directory, join(folder, "gone")];
    expect(changedOpenFiles(open, ["/"], 0n)).toEqual([
      { path: file, isFile: true },
      { path: directory, isFile: false },
    ]);
    expect(changedOpenFiles(open, ["/"], ctimeNs)).toContainEqual({ path: directory, isFile: false });
    expect(changedOpenFiles(open, ["/"], ctimeNs + 1n)).toEqual([]);
  });

  it("is on the container's own file systems, /dev/shm among them, and not on a volume", () => {
    expect(changedOpenFiles([file], ["/", folder], 0n)).toEqual([]);
    expect(changedOpenFiles([file], ["/", file], 0n)).toEqual([]);
    expect(changedOpenFiles(["/dev/null"], ["/", "/dev"], 0n)).toEqual([]);
    const shared = "/dev/shm/crik-open-file";
    writeFileSync(shared, "");
    try {
      expect(changedOpenFiles([shared], ["/", "/dev", "/dev/shm"], 0n)).toEqual([{ path: shared, isFile: true }]);
    } finally {
      rmSync(shared);
    }
  });
});
