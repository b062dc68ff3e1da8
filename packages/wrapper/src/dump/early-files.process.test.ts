import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { containerBirthMs, earlyOpenFiles } from "./early-files.ts";

const folder = mkdtempSync(join(tmpdir(), "crik-early-"));
const file = join(folder, "open");
writeFileSync(file, "x");
symlinkSync(file, join(folder, "link"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("open files from before crik's start", () => {
  it("are those that the container has made", () => {
    const open = [file, join(folder, "link"), folder, join(folder, "gone")];
    expect(earlyOpenFiles(open, ["/"], Date.now() - 60_000)).toEqual([file]);
    expect(earlyOpenFiles(open, ["/"], Date.now() + 60_000)).toEqual([]);
    expect(earlyOpenFiles(open, ["/"], undefined)).toEqual([]);
  });

  it("are not those of a volume, or a file that is mounted itself", () => {
    expect(earlyOpenFiles([file], ["/", folder], 0)).toEqual([]);
    expect(earlyOpenFiles([file], ["/", file], 0)).toEqual([]);
  });

  it("cannot be told where crik is not the first process's child", () => {
    expect(containerBirthMs()).toBeUndefined();
  });
});
