import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeFiles, scratch } from "../../test/harness.ts";
import { isRoot, mountTmpfs } from "../../test/machine.ts";
import { chunkHasher } from "../chunk-hasher.ts";
import { digestFile } from "../digest-file.ts";
import type { CarryRequest } from "./collect.ts";
import { type CarriedEntry, readIndex } from "./entry.ts";
import { type CarryOptions, packFiles } from "./pack-files.ts";

async function carried(requests: readonly CarryRequest[], options: CarryOptions = {}) {
  const directory = scratch();
  const hash = await chunkHasher("xxh3");
  const report = await packFiles(directory, requests, { ...options, hash });
  const pack = readFileSync(join(directory, "files.pack"));
  const entries = readIndex(readFileSync(join(directory, "files.json"), "utf8"), pack.length);
  for (const [name, digest] of Object.entries(report.files)) {
    expect(await digestFile(join(directory, name), hash), name).toEqual(digest);
  }
  return { report, pack, entries, directory };
}

const asked = (entries: readonly CarriedEntry[]): readonly string[] =>
  entries.filter(({ parent }) => parent !== true).map(({ path }) => path);

describe("what is carried", () => {
  it("is each path once, what is above before what is below", async () => {
    const root = scratch();
    await makeFiles(root, { "b/c": "c", "a/d": "d" });
    const { entries } = await carried([
      join(root, "b/c"),
      { path: root },
      join(root, "b"),
      `${root}/`,
      { path: join(root, "a"), recursive: false },
    ]);
    expect(asked(entries)).toEqual(["", "/a", "/a/d", "/b", "/b/c"].map((path) => root + path));
  });

  it("is a directory alone, when asked, with the ones above it for when they are missing", async () => {
    const root = scratch();
    await makeFiles(root, { "a/b/c": "c" });
    const { entries } = await carried([{ path: join(root, "a/b"), recursive: false }]);
    expect(asked(entries)).toEqual([join(root, "a/b")]);
    expect(entries.filter(({ parent }) => parent).map(({ path }) => path)).toContain(join(root, "a"));
  });

  it("is kept by its real path; a link itself stays a link", async () => {
    const root = scratch();
    await makeFiles(root, { "usr/bin/tool": "t" });
    symlinkSync("usr/bin", join(root, "bin"));
    const { entries } = await carried([join(root, "bin/tool"), join(root, "bin")]);
    expect(asked(entries)).toEqual([join(root, "bin"), join(root, "usr/bin/tool")]);
    expect(entries.find(({ path }) => path.endsWith("/bin"))).toMatchObject({ kind: "symlink", target: "usr/bin" });
  });

  it("is not what is excluded, nor what is not there", async () => {
    const root = scratch();
    await makeFiles(root, { "keep/a": "", "drop/b": "" });
    const { entries } = await carried([root, join(root, "nowhere/at/all")], { exclude: [join(root, "drop")] });
    expect(asked(entries)).toEqual([root, join(root, "keep"), join(root, "keep/a")]);
  });

  it.each([
    ["replaced by another one", (file: string) => renameSync(`${file}.new`, file), "longer than it was"],
    ["cut", (file: string) => writeFileSync(file, ""), ""],
  ])("is a file as it is by then, when somebody has %s since it was looked at", async (_, change, expected) => {
    const root = scratch();
    await makeFiles(root, { file: "as it was" });
    await makeFiles(root, { "file.new": "longer than it was" });
    const file = join(root, "file");
    let changed = false;
    // Asked about after the file was looked at, and before anything is read.
    const isExcluded = (path: string): boolean => {
      if (path === join(root, "last") && !changed) {
        changed = true;
        change(file);
      }
      return false;
    };
    const { entries, pack } = await carried([file, join(root, "last")], { isExcluded });
    expect(changed).toBe(true);
    const [entry] = entries.filter(({ path }) => path === file);
    expect(entry).toMatchObject({ kind: "file", bytes: expected.length });
    const content = (entry?.segments ?? []).map(([, length, at]) => pack.subarray(at, at + length));
    expect(Buffer.concat(content).toString()).toBe(expected);
  });

  it("holds a file with several names once", async () => {
    const root = scratch();
    await makeFiles(root, { b: "content" });
    linkSync(join(root, "b"), join(root, "a"));
    const { entries, pack } = await carried([root]);
    expect(pack.toString()).toBe("content");
    expect(entries.find(({ path }) => path.endsWith("/b"))).toMatchObject({ linkTo: join(root, "a") });
  });

  it("holds files of every size, one after the other, over the borders of chunks", async () => {
    const root = scratch();
    const sizes = [0, 1, 4095, 65_536, 65_537, 4 * 1024 * 1024 - 70_000, 4 * 1024 * 1024, 9_000_000];
    for (const [index, size] of sizes.entries()) writeFileSync(join(root, `f${index}`), Buffer.alloc(size, index + 1));
    const { entries, pack } = await carried([root]);
    for (const [index, size] of sizes.entries()) {
      const segments = entries.find(({ path }) => path.endsWith(`/f${index}`))?.segments ?? [];
      const content = Buffer.concat(segments.map(([, length, packed]) => pack.subarray(packed, packed + length)));
      expect(content.equals(Buffer.alloc(size, index + 1)), `${size}`).toBe(true);
    }
  });

  it("is refused when it is too large, before anything is copied, and may be asked for again", async () => {
    const root = scratch();
    await makeFiles(root, { small: "s", large: "x".repeat(100_000) });
    const directory = scratch();
    const hash = await chunkHasher("xxh3");
    await expect(packFiles(directory, [root], { hash, limitBytes: 50_000 })).rejects.toMatchObject({
      code: "ERR_STORE_TOO_LARGE",
      message: expect.stringContaining(join(root, "large")),
    });
    expect(readdirSync(directory)).toEqual([]);
    expect(await packFiles(directory, [join(root, "small")], { hash, limitBytes: 50_000 })).toMatchObject({ bytes: 1 });
  });

  it("is refused when its holes would take too long to be searched", async () => {
    const root = scratch();
    writeFileSync(join(root, "lastlog"), "");
    truncateSync(join(root, "lastlog"), 2 ** 38);
    await expect(carried([root])).rejects.toMatchObject({ code: "ERR_STORE_TOO_LARGE" });
  });

  it("is no socket: CRIU makes it again, and that is said", async () => {
    const root = scratch();
    const server = createServer().listen(join(root, "socket"));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { report, entries } = await carried([root]);
    expect(report.skipped).toEqual([expect.stringContaining(join(root, "socket"))]);
    expect(asked(entries)).toEqual([root]);
  });

  it.runIf(isRoot)(
    "is no device, and that is said: one that a daemon has made is no reason to lose a state",
    async () => {
      const root = scratch();
      execFileSync("mknod", [join(root, "null"), "c", "1", "3"]);
      const { report, entries } = await carried([root]);
      expect(report.skipped).toEqual([`${join(root, "null")} (a device)`]);
      expect(asked(entries)).toEqual([root]);
    },
  );

  it("is no name that is not UTF-8: it cannot be kept, and that is an error", async () => {
    const root = scratch();
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff])]), "");
    await expect(carried([root])).rejects.toMatchObject({ code: "ERR_STORE_UNSUPPORTED_FILE" });
  });

  it.runIf(isRoot)("is not what another mount within a directory holds, and that is said", async () => {
    const mounted = mountTmpfs("size=1m");
    mkdirSync(join(mounted, "inner"));
    const { report, entries } = await carried([mounted], { mountPoints: new Set([join(mounted, "inner")]) });
    expect(asked(entries)).toEqual([mounted]);
    expect(report.skipped).toEqual([expect.stringContaining(join(mounted, "inner"))]);
  });

  it("is asked for by an absolute path", async () => {
    await expect(carried(["etc/passwd"])).rejects.toMatchObject({ code: "ERR_STORE_INVALID_OPTION" });
  });
});
