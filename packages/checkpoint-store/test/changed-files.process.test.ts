import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { findChangedFiles, openStore } from "../src/index.ts";
import { commitOne, makeFiles, scratch } from "./harness.ts";
import { isRoot, mountTmpfs } from "./machine.ts";

/** Now, by the clock of the file system, with nothing changed in the same tick. */
async function markIn(root: string): Promise<bigint> {
  await delay(30);
  const mark = join(root, ".mark");
  writeFileSync(mark, "");
  const { ctimeNs } = lstatSync(mark, { bigint: true });
  rmSync(mark);
  await delay(30);
  return ctimeNs;
}

async function changedIn(root: string, sinceNs: bigint): Promise<readonly string[]> {
  const found = await findChangedFiles({ roots: [root], sinceNs });
  return found.map(({ path }) => path.slice(root.length + 1)).toSorted();
}

describe("what a container has changed", () => {
  it("is found whatever the change was, and nothing else is", async () => {
    const root = scratch();
    const names = ["same", "content", "mode", "times", "renamed", "linked", "read", "deep/er/file"];
    await makeFiles(root, Object.fromEntries(names.map((name) => [name, "before"])));
    const sinceNs = await markIn(root);
    writeFileSync(join(root, "content"), "after");
    chmodSync(join(root, "mode"), 0o600);
    utimesSync(join(root, "times"), new Date(2001, 1), new Date(2001, 1));
    renameSync(join(root, "renamed"), join(root, "new name"));
    linkSync(join(root, "linked"), join(root, "link"));
    readFileSync(join(root, "read"));
    symlinkSync("same", join(root, "symlink"));
    mkdirSync(join(root, "deep/new"));
    execFileSync("cp", ["-p", join(root, "same"), join(root, "copy of something old")]);
    execFileSync("mkfifo", [join(root, "fifo")]);
    const expected = ["content", "copy of something old", "deep", "deep/new", "fifo", "link", "linked"];
    expect(await changedIn(root, sinceNs)).toEqual([...expected, "mode", "new name", "symlink", "times"]);
  });

  it("includes what was changed in the very tick of the mark", async () => {
    const root = scratch();
    await makeFiles(root, { file: "" });
    const { ctimeNs } = lstatSync(join(root, "file"), { bigint: true });
    expect(await changedIn(root, ctimeNs)).toEqual(["file"]);
    expect(await changedIn(root, ctimeNs + 1n)).toEqual([]);
  });

  it("is found while files come and go, and is carried as far as it is still there", async () => {
    const root = scratch();
    const store = await openStore({ directory: join(scratch(), "images"), claimant: "me" });
    let going = true;
    const churn = (async () => {
      for (let round = 0; going; round++) {
        mkdirSync(join(root, `d${round % 7}`), { recursive: true });
        for (let file = 0; file < 20; file++)
          writeFileSync(join(root, `d${round % 7}`, String(file)), "x".repeat(file));
        rmSync(join(root, `d${(round + 3) % 7}`), { recursive: true, force: true });
        await delay(0);
      }
    })();
    for (let round = 0; round < 10; round++) {
      await changedIn(root, 0n);
      await commitOne(store, `state ${round}`, root);
    }
    going = false;
    await churn;
    expect(await store.list()).toHaveLength(10);
  });

  it("is given up when the caller has had enough", async () => {
    await expect(
      findChangedFiles({ roots: ["/usr"], sinceNs: 0n, signal: AbortSignal.timeout(1) }),
    ).rejects.toMatchObject({ code: "ERR_STORE_ABORTED" });
  });
});

describe.runIf(isRoot)("a folder that may not be looked into", () => {
  it("is told, since what has changed in it is not found", async () => {
    const root = mountTmpfs("size=1m");
    await makeFiles(root, { "open/file": "", "closed/file": "" });
    chmodSync(root, 0o755);
    chmodSync(join(root, "closed"), 0o700);
    const unreadable: string[] = [];
    process.seteuid?.(65534);
    try {
      const onUnreadable = (folder: string): void => void unreadable.push(folder);
      const changed = await findChangedFiles({ roots: [root], sinceNs: 0n, onUnreadable });
      expect(changed.map(({ path }) => path)).not.toContain(join(root, "closed/file"));
    } finally {
      process.seteuid?.(0);
    }
    expect(unreadable).toEqual([join(root, "closed")]);
  });
});

describe.runIf(isRoot)("what is not the container's own", () => {
  it("stays behind: other file systems, and single files that are mounts", async () => {
    const root = mountTmpfs("size=1m");
    await makeFiles(root, { "etc/hosts": "", "etc/own": "", "volume/.keep": "" });
    chownSync(join(root, "etc/own"), 1234, 1234);
    const volume = mountTmpfs("size=1m");
    await makeFiles(volume, { data: "", hosts: "the kubelet's" });
    execFileSync("mount", ["--bind", volume, join(root, "volume")]);
    execFileSync("mount", ["--bind", join(volume, "hosts"), join(root, "etc/hosts")]);
    try {
      expect(await changedIn(root, 0n)).toEqual(["etc", "etc/own"]);
    } finally {
      execFileSync("umount", [join(root, "volume"), join(root, "etc/hosts")]);
    }
  });
});
