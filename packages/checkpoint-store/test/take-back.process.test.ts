import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
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
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { type CarryRequest, type ClaimedCheckpoint, openStore } from "../src/index.ts";
import { claimed, LeaseMs, makeFiles, scratch } from "./harness.ts";
import { facts, writeImages } from "./images.ts";
import { asNobody, isRoot, mountTmpfs } from "./machine.ts";

/** A checkpoint that carries everything that is below `root` by now, or what is asked for, claimed. */
async function carriedFrom(
  root: string,
  requests: readonly CarryRequest[] = [root],
  images: string = scratch(),
): Promise<ClaimedCheckpoint> {
  const store = await openStore({ directory: join(images, "images"), claimant: "web-0-00000001", leaseMs: LeaseMs });
  const staged = await store.stage();
  await writeImages(staged.imageDirectory, "state");
  await staged.carry(requests, { isExcluded: () => false });
  await staged.commit(facts);
  return claimed(store);
}

/** Empties `root` and makes in it what the container image has. */
function another(root: string, make: () => void): void {
  for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true });
  make();
  age(root);
}

/** To times that a runtime sets exactly. */
function age(root: string): void {
  for (const path of below(root)) lutimesSync(path, 1_200_000_000.25, 1_300_000_000.5);
}

function below(root: string): readonly string[] {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).map((name) => join(root, name));
  return [root, ...names.toSorted()];
}

/** Everything that an undo has to bring again. */
function look(root: string): readonly string[] {
  const files = new Map<number, string>();
  return below(root).map((path) => {
    const stat = lstatSync(path, { bigint: true });
    const { ino } = lstatSync(path);
    const first = stat.isFile() ? (files.get(ino) ?? path) : path;
    files.set(ino, first);
    const content = stat.isSymbolicLink() ? readlinkSync(path) : stat.isFile() ? readFileSync(path, "base64") : "";
    return [path, stat.mode.toString(8), stat.uid, stat.gid, stat.mtimeNs / 1000n, first, stat.nlink, content].join(
      " ",
    );
  });
}

/** Descriptors of this process that lead below a directory, with or without a name. */
function descriptorsBelow(root: string): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return target.startsWith(`${root}/`) ? [target] : [];
    } catch {
      return [];
    }
  });
}

describe("what was put back is taken back", () => {
  it("where nothing was: files, directories, links and fifos are gone again", async () => {
    const root = scratch();
    await makeFiles(root, { "a/deep/f": "f", "a/large": "x".repeat(300_000), g: "g" });
    symlinkSync("f", join(root, "a/deep/link"));
    linkSync(join(root, "g"), join(root, "a/g"));
    mkdirSync(join(root, "empty"));
    execFileSync("mkfifo", [join(root, "pipe")]);
    const checkpoint = await carriedFrom(root);
    another(root, () => mkdirSync(join(root, "stays")));
    const before = look(root);
    await checkpoint.putBack();
    expect(look(root)).not.toEqual(before);
    expect(await checkpoint.takeBack()).toEqual({ removed: 9, broughtBack: 0, sockets: 0, left: [] });
    expect(look(root)).toEqual(before);
  });

  it("over other files: their content, modes, owners, times, links and holes are there again", async () => {
    const root = scratch();
    await makeFiles(root, {
      "a/f": "ours",
      "a/large": "ours",
      "a/was-link": "ours",
      "a/was-fifo": "ours",
      one: "ours",
      two: "ours",
    });
    await makeFiles(root, { sparse: "ours", "directory/in": "ours" });
    symlinkSync("f", join(root, "a/link"));
    symlinkSync("f", join(root, "a/was-file"));
    execFileSync("mkfifo", [join(root, "a/fifo")]);
    const checkpoint = await carriedFrom(root);
    another(root, () => {
      mkdirSync(join(root, "a"));
      writeFileSync(join(root, "a/f"), "the image's");
      chmodSync(join(root, "a/f"), 0o4751);
      writeFileSync(join(root, "a/large"), "y".repeat(3_000_000));
      symlinkSync("/nowhere", join(root, "a/was-link"));
      symlinkSync("elsewhere", join(root, "a/link"));
      writeFileSync(join(root, "a/was-file"), "a file");
      execFileSync("mkfifo", ["-m", "0610", join(root, "a/was-fifo")]);
      execFileSync("mkfifo", ["-m", "0604", join(root, "a/fifo")]);
      writeFileSync(join(root, "one"), "two names");
      linkSync(join(root, "one"), join(root, "two"));
      writeFileSync(join(root, "sparse"), "begin");
      truncateSync(join(root, "sparse"), 100_000_000);
      writeFileSync(join(root, "directory"), "a file where a directory comes");
      if (isRoot) chownSync(join(root, "a/f"), 1234, 2345);
      chmodSync(join(root, "a"), 0o751);
    });
    const before = look(root);
    await checkpoint.putBack();
    expect(readFileSync(join(root, "a/f"), "utf8")).toBe("ours");
    expect(await checkpoint.takeBack()).toMatchObject({ broughtBack: 11, left: [] });
    expect(look(root)).toEqual(before);
    expect(statSync(join(root, "sparse")).blocks * 512).toBeLessThan(1_000_000);
    expect(descriptorsBelow(root)).toEqual([]);
  });

  it("when it has failed half-way", async () => {
    const root = scratch();
    await makeFiles(root, { "a/f": "ours", "b/g": "ours", "c/h": "ours" });
    const lone = { path: join(root, "c/h"), recursive: false };
    const checkpoint = await carriedFrom(root, [join(root, "a"), join(root, "b"), lone]);
    another(root, () => {
      mkdirSync(join(root, "a"));
      writeFileSync(join(root, "a/f"), "the image's");
      // What comes last has no place.
      symlinkSync("/nowhere", join(root, "c"));
    });
    const before = look(root);
    await expect(checkpoint.putBack()).rejects.toMatchObject({ code: "ERR_STORE_PUT_BACK" });
    expect(readFileSync(join(root, "b/g"), "utf8")).toBe("ours");
    await checkpoint.takeBack();
    expect(look(root)).toEqual(before);
  });

  it("exactly, of any tree over any tree", { timeout: 60_000 }, async () => {
    const kind = fc.constantFrom("file", "directory", "symlink", "fifo", "none", "none");
    const mode = fc.constantFrom(0o755, 0o700, 0o640, 0o1777, 0o555);
    const tree = fc.array(fc.tuple(kind, mode, fc.string({ maxLength: 20 })), { minLength: 12, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(tree, tree, async (ours, theirs) => {
        const root = scratch();
        build(root, ours);
        const checkpoint = await carriedFrom(root);
        another(root, () => build(root, theirs));
        const before = look(root);
        await checkpoint.putBack();
        // A directory that had to give way is the one thing that is not kept.
        const outcome = await checkpoint.takeBack().catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome.message).toMatch(/it was a directory/);
        else expect(look(root)).toEqual(before);
        rmSync(root, { recursive: true, force: true });
      }),
      { numRuns: 60 },
    );
  });

  it.runIf(isRoot)("without the rights of root, also from directories that nobody may write to", async () => {
    const root = scratch();
    const images = scratch();
    for (const path of [root, images]) chownSync(path, 65534, 65534);
    await asNobody(async () => {
      await makeFiles(root, { "made/f": "ours", "there/f": "ours" });
      for (const name of ["made", "there"]) chmodSync(join(root, name), 0o555);
      const checkpoint = await carriedFrom(root, [root], images);
      for (const name of ["made", "there"]) chmodSync(join(root, name), 0o755);
      another(root, () => {
        mkdirSync(join(root, "there"));
        writeFileSync(join(root, "there/f"), "the image's");
        chmodSync(join(root, "there"), 0o500);
      });
      const before = look(root);
      await checkpoint.putBack();
      await checkpoint.takeBack();
      expect(look(root)).toEqual(before);
      chmodSync(join(root, "there"), 0o700);
    });
  });

  it("a second time without doing anything", async () => {
    const root = scratch();
    await makeFiles(root, { f: "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => {});
    await checkpoint.putBack();
    await checkpoint.takeBack();
    writeFileSync(join(root, "f"), "made afresh");
    expect(await checkpoint.takeBack()).toEqual({ removed: 0, broughtBack: 0, sockets: 0, left: [] });
    expect(readFileSync(join(root, "f"), "utf8")).toBe("made afresh");
  });

  it("leaves what somebody else has put into a directory that was made, and says so", async () => {
    const root = scratch();
    await makeFiles(root, { "a/f": "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => {});
    await checkpoint.putBack();
    writeFileSync(join(root, "a/probe"), "a probe's");
    expect(await checkpoint.takeBack()).toEqual({ removed: 1, broughtBack: 0, sockets: 0, left: [join(root, "a")] });
    expect(readdirSync(root, { recursive: true })).toEqual(["a", "a/probe"]);
  });

  it("with the sockets that a CRIU that gave up has left, and no others", async () => {
    const root = scratch();
    await makeFiles(root, { "made/f": "ours", "there/f": "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => mkdirSync(join(root, "there")));
    leaveSocket(join(root, "there/older"));
    age(root);
    await sleep(50);
    const before = look(root);
    await checkpoint.putBack();
    for (const name of ["made/dead", "there/dead"]) leaveSocket(join(root, name));
    expect(await checkpoint.takeBack()).toEqual({ removed: 3, broughtBack: 0, sockets: 2, left: [] });
    expect(look(root)).toEqual(before);
  });

  it("but for a socket that somebody listens at", async () => {
    const root = scratch();
    await makeFiles(root, { f: "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => {});
    await checkpoint.putBack();
    const server = createServer().listen(join(root, "living"));
    onTestFinished(() => void server.close());
    await once(server, "listening");
    expect(await checkpoint.takeBack()).toMatchObject({ removed: 1, sockets: 0 });
    expect(readdirSync(root)).toEqual(["living"]);
  });

  it("keeps many more files than there are descriptors for, where they are small", async () => {
    const root = scratch();
    const names = Array.from({ length: 2200 }, (_, index) => `f${index}`);
    await makeFiles(root, Object.fromEntries(names.map((name) => [name, "ours"])));
    const checkpoint = await carriedFrom(root);
    another(root, () => {
      for (const name of names) writeFileSync(join(root, name), `the image's ${name}`);
    });
    const before = look(root);
    await checkpoint.putBack();
    const { length } = descriptorsBelow(root);
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThanOrEqual(2048);
    await checkpoint.takeBack();
    expect(look(root)).toEqual(before);
    expect(descriptorsBelow(root)).toEqual([]);
  });
});

describe("what was put back cannot be taken back, and nothing is touched", () => {
  /** Puts `f` back over what is made, and expects that this cannot be undone. */
  async function refused(make: (path: string) => void, why: RegExp): Promise<void> {
    const root = scratch();
    await makeFiles(root, { f: "ours", new: "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => make(join(root, "f")));
    await checkpoint.putBack();
    await expect(checkpoint.takeBack()).rejects.toMatchObject({
      code: "ERR_STORE_TAKE_BACK",
      message: expect.stringMatching(why),
    });
    expect(readFileSync(join(root, "f"), "utf8")).toBe("ours");
    expect(readFileSync(join(root, "new"), "utf8")).toBe("ours");
  }

  it("where a directory with all that was in it had to give way", async () => {
    await refused((path) => mkdirSync(join(path, "in"), { recursive: true }), /f: it was a directory/);
  });

  it("where a socket was", async () => {
    await refused((path) => {
      const server = createServer().listen(path);
      onTestFinished(() => void server.close());
    }, /f: it was a socket or a device/);
  });

  it.runIf(isRoot)("where what was there could not be read", async () => {
    const root = scratch();
    const images = scratch();
    for (const path of [root, images]) chownSync(path, 65534, 65534);
    await asNobody(async () => {
      await makeFiles(root, { f: "ours" });
      const checkpoint = await carriedFrom(root, [root], images);
      rmSync(join(root, "f"));
      writeFileSync(join(root, "f"), "secret", { mode: 0o200 });
      await checkpoint.putBack();
      await expect(checkpoint.takeBack()).rejects.toMatchObject({ code: "ERR_STORE_TAKE_BACK" });
    });
  });

  it("where somebody else has replaced it since", async () => {
    const root = scratch();
    await makeFiles(root, { f: "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => {});
    await checkpoint.putBack();
    writeFileSync(join(root, "other"), "a probe's");
    renameSync(join(root, "other"), join(root, "f"));
    await expect(checkpoint.takeBack()).rejects.toMatchObject({
      code: "ERR_STORE_TAKE_BACK",
      message: expect.stringMatching(/f: it is not what was put there/),
    });
    expect(readFileSync(join(root, "f"), "utf8")).toBe("a probe's");
  });

  it("through a link that somebody has put above it", async () => {
    const root = scratch();
    const victim = scratch();
    await makeFiles(root, { "a/f": "ours" });
    await makeFiles(victim, { f: "the victim's" });
    const checkpoint = await carriedFrom(root);
    another(root, () => {});
    await checkpoint.putBack();
    renameSync(join(root, "a"), join(root, "moved"));
    symlinkSync(victim, join(root, "a"));
    await expect(checkpoint.takeBack()).rejects.toMatchObject({ code: "ERR_STORE_TAKE_BACK" });
    expect(readFileSync(join(victim, "f"), "utf8")).toBe("the victim's");
  });

  it("after an abort", async () => {
    const root = scratch();
    await makeFiles(root, { f: "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => {});
    await checkpoint.putBack();
    await expect(checkpoint.takeBack({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ERR_STORE_ABORTED",
    });
    expect(readFileSync(join(root, "f"), "utf8")).toBe("ours");
    await checkpoint.takeBack();
    expect(readdirSync(root)).toEqual([]);
  });
});

describe("a checkpoint that is consumed", () => {
  it("lets go of what it had replaced, before its tree runs", async () => {
    const root = scratch();
    await makeFiles(root, { f: "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => writeFileSync(join(root, "f"), "the image's"));
    await checkpoint.putBack();
    expect(descriptorsBelow(root)).toEqual([expect.stringMatching(/\(deleted\)$/)]);
    await checkpoint.consume();
    expect(descriptorsBelow(root)).toEqual([]);
    await checkpoint.giveBack();
    await expect(checkpoint.takeBack()).rejects.toMatchObject({
      code: "ERR_STORE_TAKE_BACK",
      message: expect.stringMatching(/the checkpoint was consumed/),
    });
  });

  it("is taken back all the same when it had replaced nothing, and nothing has run", async () => {
    const root = scratch();
    await makeFiles(root, { "a/f": "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => {});
    const before = look(root);
    await checkpoint.putBack();
    await checkpoint.consume();
    await checkpoint.giveBack();
    await checkpoint.takeBack();
    expect(look(root)).toEqual(before);
  });

  it("gives no descriptor to a program that is started meanwhile", async () => {
    const root = scratch();
    await makeFiles(root, { f: "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => writeFileSync(join(root, "f"), "the image's"));
    await checkpoint.putBack();
    const list = execFileSync("ls", ["-l", "/proc/self/fd"], { encoding: "utf8" });
    expect(list).not.toContain(root);
  });

  it("has let go when it was released without being taken back", async () => {
    const root = scratch();
    await makeFiles(root, { f: "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => writeFileSync(join(root, "f"), "the image's"));
    await checkpoint.putBack();
    await checkpoint.release();
    expect(descriptorsBelow(root)).toEqual([]);
  });
});

describe.runIf(isRoot)("what was put back to a volume", () => {
  it("is taken back too", async () => {
    const root = mountTmpfs("size=4m");
    await makeFiles(root, { "data/old": "ours", "data/new": "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => {
      mkdirSync(join(root, "data"));
      writeFileSync(join(root, "data/old"), "the volume's");
    });
    const before = look(root);
    await checkpoint.putBack();
    await checkpoint.takeBack();
    expect(look(root)).toEqual(before);
  });

  it("is not touched when another container has taken the checkpoint over, and may be using it", async () => {
    const root = mountTmpfs("size=4m");
    await makeFiles(root, { f: "ours" });
    const checkpoint = await carriedFrom(root);
    another(root, () => {});
    await checkpoint.putBack();
    renameSync(checkpoint.directory, checkpoint.directory.replace(/restoring\..*$/, "restoring.other"));
    await expect(checkpoint.takeBack()).rejects.toMatchObject({
      code: "ERR_STORE_TAKE_BACK",
      message: expect.stringMatching(/is on a volume/),
    });
    expect(readFileSync(join(root, "f"), "utf8")).toBe("ours");
  });

  it("needs no room for what it has replaced: that is let go when there is no room any more", async () => {
    const root = mountTmpfs("size=2m");
    await makeFiles(root, { a: "o".repeat(500_000), b: "o".repeat(500_000), c: "o".repeat(500_000) });
    const checkpoint = await carriedFrom(root);
    another(root, () => {
      for (const name of ["a", "b", "c"]) writeFileSync(join(root, name), "v".repeat(500_000));
    });
    await checkpoint.putBack();
    expect(readFileSync(join(root, "c"), "utf8")).toBe("o".repeat(500_000));
    await expect(checkpoint.takeBack()).rejects.toMatchObject({ code: "ERR_STORE_TAKE_BACK" });
  });

  it("may be a file that is a mount itself: it is written in place, both ways", async () => {
    const root = mountTmpfs("size=1m");
    await makeFiles(root, { "etc/hosts": "dumped" });
    const checkpoint = await carriedFrom(root);
    const volume = mountTmpfs("size=1m");
    writeFileSync(join(volume, "hosts"), "the kubelet's, and longer");
    execFileSync("mount", ["--bind", join(volume, "hosts"), join(root, "etc/hosts")]);
    try {
      age(root);
      const before = look(root);
      await checkpoint.putBack();
      expect(readFileSync(join(root, "etc/hosts"), "utf8")).toBe("dumped");
      await checkpoint.takeBack();
      expect(look(root)).toEqual(before);
    } finally {
      execFileSync("umount", [join(root, "etc/hosts")]);
    }
  });
});

/** By a process that is killed, as CRIU's are. */
function leaveSocket(path: string): void {
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script]);
  expect(lstatSync(path).isSocket()).toBe(true);
}

/** Twelve places, of which the first four may hold others. */
function build(root: string, tree: readonly (readonly [kind: string, mode: number, content: string])[]): void {
  const modes: (readonly [string, number])[] = [];
  for (const [index, [kind, mode, content]] of tree.entries()) {
    const folder = join(root, `p${index % 4}`);
    const path = index < 4 ? folder : join(folder, `q${index}`);
    if (index >= 4 && !lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue;
    if (kind === "file") writeFileSync(path, content);
    else if (kind === "directory") mkdirSync(path);
    else if (kind === "symlink") symlinkSync(`to-${content.replaceAll("\0", "")}`, path);
    else if (kind === "fifo") execFileSync("mkfifo", [path]);
    if (kind === "file" || kind === "directory" || kind === "fifo") modes.push([path, mode]);
  }
  for (const [path, mode] of modes.reverse()) chmodSync(path, mode);
}
