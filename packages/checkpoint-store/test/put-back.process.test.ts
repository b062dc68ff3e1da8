import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chunkHasher } from "../src/chunk-hasher.ts";
import { digestFile } from "../src/digest-file.ts";
import { type CarryRequest, type CheckpointStore, type ClaimedCheckpoint, openStore } from "../src/index.ts";
import { printManifest } from "../src/manifest/read.ts";
import { claimed, LeaseMs, makeFiles, scratch } from "./harness.ts";
import { facts, writeImages } from "./images.ts";
import { asNobody, isRoot, mountTmpfs } from "./machine.ts";

interface Container {
  readonly store: CheckpointStore;
  /** Where the application's files are. */
  readonly root: string;
}

async function container(root: string = scratch()): Promise<Container> {
  const store = await openStore({ directory: join(scratch(), "images"), claimant: "web-0-00000001", leaseMs: LeaseMs });
  return { store, root };
}

/** A checkpoint that carries everything below `root`, or what is asked for, claimed. */
async function carriedAndClaimed(
  { store, root }: Container,
  requests: readonly CarryRequest[] = [{ path: root, recursive: true }],
): Promise<ClaimedCheckpoint> {
  const staged = await store.stage();
  await writeImages(staged.imageDirectory, "state");
  await staged.carry(requests, { isExcluded: () => false });
  await staged.commit(facts);
  return claimed(store);
}

describe("carried files are put back", () => {
  it("with their contents, modes, links and times, and nothing else is touched", async () => {
    const here = await container();
    const { root } = here;
    await makeFiles(root, {
      "etc/app.conf": "a",
      "etc/empty": "",
      "var/log/x.log": "x".repeat(100_000),
      untouched: "u",
    });
    chmodSync(join(root, "etc/app.conf"), 0o640);
    symlinkSync("etc/app.conf", join(root, "link"));
    symlinkSync("/nowhere", join(root, "dangling"));
    linkSync(join(root, "etc/app.conf"), join(root, "twin"));
    mkdirSync(join(root, "sticky"));
    chmodSync(join(root, "sticky"), 0o1777);
    mkdirSync(join(root, "empty"));
    for (const name of ["etc/app.conf", "var/log/x.log", "link", "sticky", "var/log", "var"]) {
      lutimesSync(join(root, name), 1_000_000_000.123_456, 1_100_000_000.654_321);
    }
    const before = look(root);
    const times = readdirSync(root, { recursive: true, encoding: "utf8" })
      .map((name) => join(root, name))
      .map((path) => [path, lstatSync(path, { bigint: true }).mtimeNs] as const);
    const checkpoint = await carriedAndClaimed(here);
    rmSync(root, { recursive: true });
    mkdirSync(root);
    await checkpoint.putBack();
    expect(look(root)).toEqual(before);
    for (const [path, mtimeNs] of times) {
      const error = lstatSync(path, { bigint: true }).mtimeNs - mtimeNs;
      expect(Math.abs(Number(error)), path).toBeLessThan(1000);
    }
    expect(statSync(join(root, "twin")).ino).toBe(statSync(join(root, "etc/app.conf")).ino);
    expect(leftovers(root)).toEqual([]);
  });

  it("over what the container image has in their place", async () => {
    const here = await container();
    await makeFiles(here.root, { "a/f": "ours", "a/g": "ours" });
    symlinkSync("f", join(here.root, "a/s"));
    const checkpoint = await carriedAndClaimed(here);
    await makeFiles(here.root, { "a/f": "the image's", "a/only-in-image": "stays" });
    rmSync(join(here.root, "a/s"));
    writeFileSync(join(here.root, "a/s"), "a file where a link was");
    rmSync(join(here.root, "a/g"));
    symlinkSync("/etc/passwd", join(here.root, "a/g"));
    await checkpoint.putBack();
    expect(readFileSync(join(here.root, "a/f"), "utf8")).toBe("ours");
    expect(readFileSync(join(here.root, "a/g"), "utf8")).toBe("ours");
    expect(lstatSync(join(here.root, "a/g")).isSymbolicLink()).toBe(false);
    expect(readlinkSync(join(here.root, "a/s"))).toBe("f");
    expect(readFileSync(join(here.root, "a/only-in-image"), "utf8")).toBe("stays");
  });

  it("with their holes: a sparse file costs what its data costs", async () => {
    const here = await container();
    const path = join(here.root, "sparse");
    writeFileSync(path, "begin");
    truncateSync(path, 300_000_000);
    await using handle = await open(path, "r+");
    await handle.write("middle", 150_000_000);
    const checkpoint = await carriedAndClaimed(here);
    expect(checkpoint.manifest.bytes).toBeLessThan(1_000_000);
    rmSync(path);
    await checkpoint.putBack();
    const { size, blocks } = statSync(path);
    expect(size).toBe(300_000_000);
    expect(blocks * 512).toBeLessThan(1_000_000);
    const found = Buffer.alloc(6);
    await using again = await open(path);
    await again.read(found, 0, 6, 150_000_000);
    expect(found.toString()).toBe("middle");
  });

  it("twice, and the second time nothing changes", async () => {
    const here = await container();
    await makeFiles(here.root, { "a/f": "f", "a/b/g": "g" });
    const checkpoint = await carriedAndClaimed(here);
    await checkpoint.putBack();
    const before = look(here.root);
    const inode = statSync(join(here.root, "a/f")).ino;
    await checkpoint.putBack();
    expect(look(here.root)).toEqual(before);
    expect(statSync(join(here.root, "a/f")).ino).toBe(inode);
  });

  it("into directories that nobody may write to", async () => {
    const here = await container();
    await makeFiles(here.root, { "locked/f": "f" });
    chmodSync(join(here.root, "locked"), 0o555);
    const checkpoint = await carriedAndClaimed(here);
    chmodSync(join(here.root, "locked"), 0o755);
    rmSync(join(here.root, "locked"), { recursive: true });
    await checkpoint.putBack();
    expect(statSync(join(here.root, "locked")).mode & 0o7777).toBe(0o555);
    expect(readFileSync(join(here.root, "locked/f"), "utf8")).toBe("f");
    chmodSync(join(here.root, "locked"), 0o755);
  });

  it("as fifos too", async () => {
    const here = await container();
    execFileSync("mkfifo", ["-m", "0622", join(here.root, "pipe")]);
    const checkpoint = await carriedAndClaimed(here);
    rmSync(join(here.root, "pipe"));
    await checkpoint.putBack();
    const stat = lstatSync(join(here.root, "pipe"));
    expect([stat.isFIFO(), stat.mode & 0o7777]).toEqual([true, 0o622]);
  });
});

describe("a put-back never leaves its places", () => {
  it("by a directory that has become a link", async () => {
    const here = await container();
    const victim = scratch();
    await makeFiles(here.root, { "a/deep/f": "evil" });
    const checkpoint = await carriedAndClaimed(here);
    rmSync(join(here.root, "a"), { recursive: true });
    mkdirSync(join(victim, "deep"));
    symlinkSync(victim, join(here.root, "a"));
    // It was carried itself, as a directory: the link gives way to it.
    await checkpoint.putBack();
    expect(lstatSync(join(here.root, "a")).isDirectory()).toBe(true);
    expect(readdirSync(join(victim, "deep"))).toEqual([]);
  });

  it("by a directory above that has become a link, and was not carried itself", async () => {
    const here = await container();
    const victim = scratch();
    await makeFiles(here.root, { "a/f": "ours" });
    const checkpoint = await carriedAndClaimed(here, [{ path: join(here.root, "a/f"), recursive: false }]);
    rmSync(join(here.root, "a"), { recursive: true });
    symlinkSync(victim, join(here.root, "a"));
    await expect(checkpoint.putBack()).rejects.toMatchObject({ code: "ERR_STORE_PUT_BACK" });
    expect(readdirSync(victim)).toEqual([]);
    expect(readlinkSync(join(here.root, "a"))).toBe(victim);
  });

  it("by a link that was carried and that the path went through: the real path is what is kept", async () => {
    const here = await container();
    await makeFiles(here.root, { "real/f": "f" });
    symlinkSync("real", join(here.root, "way"));
    const checkpoint = await carriedAndClaimed(here, [{ path: join(here.root, "way/f"), recursive: false }]);
    rmSync(join(here.root, "real/f"));
    await checkpoint.putBack();
    expect(readFileSync(join(here.root, "real/f"), "utf8")).toBe("f");
    expect(readlinkSync(join(here.root, "way"))).toBe("real");
  });
});

describe("an index that somebody else has written", () => {
  const file = { mode: 0o644, uid: 0, gid: 0, mtimeNs: "0", atimeNs: "0", kind: "file", bytes: 0, segments: [] };

  it("writes nothing through a link that it has made itself", async () => {
    const here = await container();
    const victim = scratch();
    const { root } = here;
    const checkpoint = await withIndex(here, [
      { ...file, kind: "symlink", path: `${root}/a`, target: victim },
      { ...file, path: `${root}/a/f` },
    ]);
    await expect(checkpoint.putBack()).rejects.toMatchObject({ code: "ERR_STORE_PUT_BACK" });
    expect(readdirSync(victim)).toEqual([]);
  });

  it("makes no second name of a file that it has not put there", async () => {
    const here = await container();
    const victim = scratch();
    writeFileSync(join(victim, "secret"), "secret");
    const { root } = here;
    const checkpoint = await withIndex(here, [{ ...file, path: `${root}/f`, linkTo: join(victim, "secret") }]);
    await expect(checkpoint.putBack()).rejects.toMatchObject({ code: "ERR_STORE_MANIFEST" });
    expect(readdirSync(root)).toEqual([]);
  });

  it("writes nothing to the image directory, the kernel's files, or up and down again", async () => {
    const here = await container();
    for (const path of [`${here.store.directory}/crik-store.json`, "/proc/self/comm", "/sys/f"]) {
      const checkpoint = await withIndex(here, [{ ...file, path }]);
      await expect(checkpoint.putBack(), path).rejects.toMatchObject({ code: "ERR_STORE_PUT_BACK" });
      await checkpoint.quarantine({ code: "test", message: "" });
    }
    for (const path of [`${here.root}/../up`, "relative", `${here.root}//f`, "/", `${here.root}/f\0`]) {
      const checkpoint = await withIndex(here, [{ ...file, path }]);
      await expect(checkpoint.putBack(), path).rejects.toMatchObject({ code: "ERR_STORE_MANIFEST" });
      await checkpoint.quarantine({ code: "test", message: "" });
    }
  });
});

describe("what stands in the way of a put-back", () => {
  it("leaves nothing half-written beside it", async () => {
    const here = await container();
    await makeFiles(here.root, { "a/f": "f", "b/g": "g" });
    const checkpoint = await carriedAndClaimed(here, [
      { path: join(here.root, "a"), recursive: true },
      { path: join(here.root, "b/g"), recursive: false },
    ]);
    rmSync(join(here.root, "b"), { recursive: true });
    writeFileSync(join(here.root, "b"), "a file where a directory must be");
    await expect(checkpoint.putBack()).rejects.toMatchObject({
      code: "ERR_STORE_PUT_BACK",
      message: expect.stringContaining("b"),
    });
    expect(leftovers(here.root)).toEqual([]);
  });

  it("is an abort: nothing half-written either", async () => {
    const here = await container();
    await makeFiles(here.root, { "a/f": "f" });
    const checkpoint = await carriedAndClaimed(here);
    await expect(checkpoint.putBack({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ERR_STORE_ABORTED",
    });
    expect(leftovers(here.root)).toEqual([]);
  });
});

describe.runIf(isRoot)("a put-back on the mounts of a container", () => {
  it("keeps owners, and set-user-id bits after them", async () => {
    const here = await container();
    await makeFiles(here.root, { "su/do": "#!" });
    chownSync(join(here.root, "su/do"), 1234, 2345);
    chmodSync(join(here.root, "su/do"), 0o6755);
    chownSync(join(here.root, "su"), 1234, 2345);
    const checkpoint = await carriedAndClaimed(here);
    rmSync(join(here.root, "su"), { recursive: true });
    await checkpoint.putBack();
    const { uid, gid, mode } = statSync(join(here.root, "su/do"));
    expect([uid, gid, mode & 0o7777]).toEqual([1234, 2345, 0o6755]);
    expect(statSync(join(here.root, "su")).uid).toBe(1234);
  });

  it("needs no rights of root for files of one's own", async () => {
    const root = scratch();
    chownSync(root, 65534, 65534);
    const images = scratch();
    chownSync(images, 65534, 65534);
    await asNobody(async () => {
      const store = await openStore({ directory: join(images, "images"), claimant: "nobody", leaseMs: LeaseMs });
      await makeFiles(root, { "a/small": "s", "a/large": "l".repeat(200_000), "b/c/deep": "d" });
      symlinkSync("small", join(root, "a/link"));
      chmodSync(join(root, "a/small"), 0o400);
      chmodSync(join(root, "b"), 0o500);
      const before = look(root);
      const checkpoint = await carriedAndClaimed({ store, root });
      chmodSync(join(root, "b"), 0o700);
      for (const name of ["a", "b"]) rmSync(join(root, name), { recursive: true });
      await checkpoint.putBack();
      expect(look(root)).toEqual(before);
      await checkpoint.putBack();
      expect(look(root)).toEqual(before);
      chmodSync(join(root, "b"), 0o700);
    });
  });

  it("writes a file that is a mount itself in place", async () => {
    const root = mountTmpfs("size=1m");
    const here = await container(root);
    const volume = mountTmpfs("size=1m");
    await makeFiles(root, { "etc/hosts": "dumped" });
    const checkpoint = await carriedAndClaimed(here);
    writeFileSync(join(volume, "hosts"), "the kubelet's, and longer");
    execFileSync("mount", ["--bind", join(volume, "hosts"), join(root, "etc/hosts")]);
    try {
      await checkpoint.putBack();
      expect(readFileSync(join(root, "etc/hosts"), "utf8")).toBe("dumped");
      expect(leftovers(root)).toEqual([]);
    } finally {
      execFileSync("umount", [join(root, "etc/hosts")]);
    }
  });

  it("does not mind a read-only file system where nothing differs, and says what to do where something does", async () => {
    const root = mountTmpfs("size=1m");
    const here = await container(root);
    await makeFiles(root, { "etc/app.conf": "same", "etc/other": "dumped" });
    chmodSync(join(root, "etc/app.conf"), 0o644);
    const checkpoint = await carriedAndClaimed(here);
    execFileSync("mount", ["-o", "remount,ro", root]);
    await checkpoint.putBack();
    execFileSync("mount", ["-o", "remount,rw", root]);
    writeFileSync(join(root, "etc/other"), "the image's");
    execFileSync("mount", ["-o", "remount,ro", root]);
    await expect(checkpoint.putBack()).rejects.toMatchObject({
      code: "ERR_STORE_PUT_BACK",
      message: expect.stringContaining("etc/other"),
      hint: expect.stringContaining("emptyDir"),
    });
  });

  it("tells a full file system apart from a bad checkpoint", async () => {
    const root = mountTmpfs("size=256k");
    const here = await container(root);
    await makeFiles(root, { big: "x".repeat(150_000) });
    const checkpoint = await carriedAndClaimed(here);
    rmSync(join(root, "big"));
    writeFileSync(join(root, "ballast"), "y".repeat(200_000));
    const failure = await checkpoint.putBack().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: expect.stringMatching(/^ERR_STORE_(FULL|PUT_BACK)$/),
      cause: { code: "ENOSPC" },
    });
    expect(readdirSync(root)).toEqual(["ballast"]);
  });
});

/** A claimed checkpoint whose index was replaced, and whose digests are right all the same. */
async function withIndex({ store, root }: Container, entries: readonly object[]): Promise<ClaimedCheckpoint> {
  const staged = await store.stage();
  await writeImages(staged.imageDirectory, "state");
  await staged.carry([{ path: root, recursive: false }]);
  const { directory } = await staged.commit(facts);
  writeFileSync(join(directory, "files.json"), JSON.stringify(entries));
  const path = join(directory, "checkpoint.json");
  const { manifest } = JSON.parse(readFileSync(path, "utf8"));
  manifest.files["files.json"] = await digestFile(join(directory, "files.json"), await chunkHasher("xxh3"));
  manifest.bytes = Object.values<{ bytes: number }>(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0);
  writeFileSync(path, printManifest(manifest));
  return claimed(store);
}

/** Everything that a put-back has to keep, except inode numbers and times. */
function look(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => {
      const path = join(root, name);
      const stat = lstatSync(path);
      const content = stat.isSymbolicLink() ? readlinkSync(path) : stat.isFile() ? readFileSync(path, "utf8") : "";
      return `${name} ${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${stat.nlink} ${content}`;
    });
}

/** Temporary files of crik's. */
function leftovers(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("crik"));
}
