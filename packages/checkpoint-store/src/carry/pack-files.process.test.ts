import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
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
import { type CarryRequest, collect } from "./collect.ts";
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

/** Does something when a path is asked about: after those before it were looked at, and before anything is read. */
function justBefore(at: string, change: () => void): (path: string) => boolean {
  let changed = false;
  onTestFinished(() => expect(changed).toBe(true));
  return (path) => {
    if (path === at && !changed) {
      changed = true;
      change();
    }
    return false;
  };
}

/** The new file often has the number of the old one. */
function removeAndMake(file: string): void {
  rmSync(file);
  // A birth is known to the kernel's tick, of up to 10 ms.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  writeFileSync(file, "longer than it was");
}

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
    ["put another one in its place", (file: string) => renameSync(`${file}.new`, file), "longer than it was"],
    ["cut it", (file: string) => writeFileSync(file, ""), ""],
    ["removed it and made it anew", removeAndMake, "longer than it was"],
  ])("is a file as it is by then, when somebody has %s since it was looked at", async (_, change, expected) => {
    const root = scratch();
    await makeFiles(root, { file: "as it was" });
    await makeFiles(root, { "file.new": "longer than it was" });
    const file = join(root, "file");
    const { entries, pack } = await carried([file, join(root, "last")], {
      isExcluded: justBefore(join(root, "last"), () => change(file)),
    });
    const [entry] = entries.filter(({ path }) => path === file);
    expect(entry).toMatchObject({ kind: "file", bytes: expected.length });
    const content = (entry?.segments ?? []).map(([, length, at]) => pack.subarray(at, at + length));
    expect(Buffer.concat(content).toString()).toBe(expected);
  });

  it.each([
    ["a short file", "as it was"],
    ["a long file", "as it was, ".repeat(10_000)],
  ])("is what a path is by then, when somebody has put something else in the place of %s", async (_, content) => {
    const root = scratch();
    const files = ["link", "pipe", "directory", "socket"].map((name) => join(root, name));
    await makeFiles(root, { link: content, pipe: content, directory: content, socket: content, file: "the file's" });
    const { entries, pack } = await carried([...files, join(root, "file"), join(root, "last")], {
      isExcluded: justBefore(join(root, "last"), () => {
        for (const file of files) rmSync(file);
        symlinkSync("elsewhere", join(root, "link"));
        execFileSync("mkfifo", [join(root, "pipe")]);
        mkdirSync(join(root, "directory"));
        execFileSync("perl", [
          "-MIO::Socket::UNIX",
          "-e",
          "IO::Socket::UNIX->new(Local => shift, Listen => 1) or die",
          join(root, "socket"),
        ]);
      }),
    });
    expect(entries.filter(({ parent }) => parent !== true)).toMatchObject([
      { path: join(root, "directory"), kind: "directory" },
      { path: join(root, "file"), kind: "file" },
      { path: join(root, "link"), kind: "symlink", target: "elsewhere" },
      { path: join(root, "pipe"), kind: "fifo" },
    ]);
    expect(pack.toString()).toBe("the file's");
  });

  // Between two system calls: one look in some hundred meets it.
  it.each([
    ["directory", "mkdir $path; rmdir $path"],
    ["symbolic link", "symlink 'elsewhere', $path; unlink $path"],
  ])("may be a %s that somebody makes and removes again and again", async (_, change) => {
    const path = join(scratch(), "path");
    const other = spawn("perl", ["-e", `$path = shift; $| = 1; print 'started'; while (1) { ${change} }`, path]);
    onTestFinished(() => void other.kill("SIGKILL"));
    await once(other.stdout, "data");
    for (let count = 0; count < 10_000; count++) await collect([path], { mountPoints: new Set() });
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
