import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openImageDirectory } from "./image-directory.ts";

const fixtures = join(import.meta.dirname, "../../test/fixtures");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "criu-images-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each(readdirSync(fixtures))("an image directory of %s", (version) => {
  beforeEach(() => cpSync(join(fixtures, version, "images"), folder, { recursive: true }));

  it("is read", async () => {
    const images = await openImageDirectory(folder);
    expect(await images.readInventory()).toEqual({
      imageVersion: 2,
      tcpClose: true,
      lsm: "none",
      networkLock: "iptables",
    });
    expect(await images.readProcessTree()).toEqual([
      { pid: 20001, parentPid: 0, processGroupId: 20001, sessionId: 20001, threads: [20001, 20042, 20043, 20044] },
      { pid: 20045, parentPid: 20001, processGroupId: 20045, sessionId: 20001, threads: [20045] },
    ]);
    expect(await images.readDumpStats()).toEqual({
      freezingMs: 0.401,
      frozenMs: 16.444,
      memdumpMs: 7.497,
      memwriteMs: 5.052,
      irmapResolveMs: 0,
      pagesScanned: 3692n,
      pagesSkippedParent: 0n,
      pagesWritten: 3466n,
      sharedPagesWritten: 0n,
    });
    expect(await images.readRestoreStats()).toEqual({
      forkingMs: 0.868,
      restoreMs: 16.167,
      pagesCompared: 1733n,
      pagesRestored: 1861n,
    });
  });

  it("with a file cut short anywhere is refused by code", async () => {
    const whole = readFileSync(join(folder, "pstree.img"));
    const images = await openImageDirectory(folder);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(join(folder, "pstree.img"), whole.subarray(0, length));
      const outcome = await images.readProcessTree().catch((error) => error);
      // Cut exactly between two messages it is a shorter file, and nothing can tell.
      if (Array.isArray(outcome)) expect(outcome.length).toBeLessThan(2);
      else expect(outcome.code).toBe("ERR_CRIU_IMAGE_FORMAT");
    }
  });

  it("with the file of another name is refused", async () => {
    cpSync(join(folder, "pstree.img"), join(folder, "inventory.img"));
    cpSync(join(folder, "stats-restore"), join(folder, "stats-dump"));
    const images = await openImageDirectory(folder);
    await expect(images.readInventory()).rejects.toMatchObject({ code: "ERR_CRIU_IMAGE_FORMAT" });
    expect(await images.readDumpStats()).toBeUndefined();
  });
});

describe("an image directory", () => {
  it("that does not exist, or is a file, is an error of its own", async () => {
    writeFileSync(join(folder, "file"), "");
    for (const path of [join(folder, "nowhere"), join(folder, "file")]) {
      await expect(openImageDirectory(path)).rejects.toMatchObject({ code: "ERR_CRIU_IMAGE_DIRECTORY" });
    }
  });

  it("without an inventory is no checkpoint; without statistics it is one all the same", async () => {
    const images = await openImageDirectory(folder);
    await expect(images.readInventory()).rejects.toMatchObject({ code: "ERR_CRIU_IMAGE_DIRECTORY" });
    await expect(images.readProcessTree()).rejects.toMatchObject({ code: "ERR_CRIU_IMAGE_DIRECTORY" });
    expect(await images.readDumpStats()).toBeUndefined();
    expect(await images.readRestoreStats()).toBeUndefined();
  });

  it("may have its statistics elsewhere", async () => {
    mkdirSync(join(folder, "work"));
    cpSync(join(fixtures, "criu-4.2.1/images/stats-dump"), join(folder, "work/stats-dump"));
    const images = await openImageDirectory(folder, { workDirectory: join(folder, "work") });
    expect((await images.readDumpStats())?.pagesWritten).toBe(3466n);
  });

  it("tells the ids of its processes and threads by its file names", async () => {
    for (const name of ["core-20.img", "core-3.img", "core-0.img", "core-x.img", "core-7.img.tmp", "mm-9.img"]) {
      writeFileSync(join(folder, name), "");
    }
    expect(await (await openImageDirectory(folder)).listCorePids()).toEqual([3, 20]);
    rmSync(folder, { recursive: true });
    const { listCorePids } = await import("./core-pids.ts");
    await expect(listCorePids(folder)).rejects.toMatchObject({ code: "ERR_CRIU_IMAGE_DIRECTORY" });
  });

  it("does not read a file that no checkpoint has so large, or that is no file", async () => {
    writeFileSync(join(folder, "inventory.img"), "");
    truncateSync(join(folder, "inventory.img"), 2 ** 30);
    mkdirSync(join(folder, "pstree.img"));
    execFileSync("mkfifo", [join(folder, "stats-dump")]);
    symlinkSync(join(fixtures, "criu-4.2.1/images/stats-restore"), join(folder, "stats-restore"));
    const images = await openImageDirectory(folder);
    await expect(images.readDumpStats()).rejects.toMatchObject({ code: "ERR_CRIU_IMAGE_DIRECTORY" });
    await expect(images.readRestoreStats()).rejects.toMatchObject({ code: "ERR_CRIU_IMAGE_DIRECTORY" });
    await expect(images.readInventory()).rejects.toMatchObject({ code: "ERR_CRIU_IMAGE_DIRECTORY" });
    await expect(images.readProcessTree()).rejects.toMatchObject({ code: "ERR_CRIU_IMAGE_DIRECTORY" });
  });
});
