import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isStoreError, openStore, type StoreError } from "../src/index.ts";
import { claimed, commitOne, scratch, storeWith } from "./harness.ts";
import { contentOf } from "./images.ts";
import { asNobody, isRoot, mountTmpfs } from "./machine.ts";

const claimant = "opener-00000001";

async function failureOf(directory: string, readOnly = false): Promise<StoreError> {
  try {
    await openStore({ directory, claimant, readOnly });
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
  throw new Error("it opened");
}

describe("opening an image directory", () => {
  it("makes it when its parent is there, and marks it", async () => {
    const directory = join(scratch(), "images");
    await openStore({ directory, claimant });
    expect(JSON.parse(readFileSync(join(directory, "crik-store.json"), "utf8"))).toMatchObject({ format: 1 });
    await openStore({ directory, claimant });
  });

  it("says that a volume is missing when its parent is not there", async () => {
    const directory = join(scratch(), "no", "images");
    expect(await failureOf(directory)).toMatchObject({
      code: "ERR_STORE_NOT_FOUND",
      hint: expect.stringContaining("volume"),
    });
    expect(existsSync(join(directory, ".."))).toBe(false);
  });

  it("says that a file is not a directory", async () => {
    const file = join(scratch(), "file");
    writeFileSync(file, "");
    expect(await failureOf(file)).toMatchObject({ code: "ERR_STORE_NOT_A_DIRECTORY" });
    expect(await failureOf(join(file, "images"))).toMatchObject({
      code: expect.stringMatching(/NOT_A_DIRECTORY|NOT_FOUND/),
    });
  });

  it("says that a link leads nowhere", async () => {
    const link = join(scratch(), "link");
    symlinkSync("/nowhere/at/all", link);
    expect(await failureOf(link)).toMatchObject({ code: "ERR_STORE_NOT_FOUND" });
    expect(await failureOf(link, true)).toMatchObject({ code: "ERR_STORE_NOT_FOUND" });
  });

  it("follows a link to a directory: the path is the configuration's, not the volume's", async () => {
    const root = scratch();
    mkdirSync(join(root, "images"));
    symlinkSync("images", join(root, "link"));
    const store = await openStore({ directory: join(root, "link"), claimant });
    await commitOne(store, "through a link");
    expect(await contentOf(await claimed(await openStore({ directory: join(root, "images"), claimant })))).toBe(
      "through a link",
    );
  });

  it("takes lost+found and hidden files for what they are: not somebody's data", async () => {
    const directory = scratch();
    mkdirSync(join(directory, "lost+found"));
    writeFileSync(join(directory, ".snapshot"), "");
    await openStore({ directory, claimant });
  });

  it("refuses a directory with other people's files, and names three of them", async () => {
    const directory = scratch();
    for (const name of ["a.txt", "b.txt", "c.txt", "d.txt"]) writeFileSync(join(directory, name), "");
    const error = await failureOf(directory);
    expect(error).toMatchObject({ code: "ERR_STORE_FOREIGN", hint: expect.any(String) });
    expect(error.message).toMatch(/a\.txt, b\.txt, c\.txt/);
    expect(error.message).not.toContain("d.txt");
    expect(existsSync(join(directory, "crik-store.json"))).toBe(false);
  });

  it.each([["pages-1.img"], ["configuration.yaml"], ["pstree.img"]])(
    "knows a checkpoint of the Go original by %s",
    async (name) => {
      const directory = scratch();
      writeFileSync(join(directory, name), "");
      expect(await failureOf(directory)).toMatchObject({ code: "ERR_STORE_ORIGINAL_CRIK" });
    },
  );

  it.each([
    ["a newer format", '{"format":2}', "ERR_STORE_FORMAT"],
    ["an older format", '{"format":0}', "ERR_STORE_FORMAT"],
    ["half a marker", '{"for', "ERR_STORE_FORMAT"],
    ["an empty marker", "", "ERR_STORE_FORMAT"],
    ["a marker that is a list", "[1]", "ERR_STORE_FORMAT"],
    ["a marker that is null", "null", "ERR_STORE_FORMAT"],
  ])("refuses %s", async (_what, marker, code) => {
    const directory = scratch();
    writeFileSync(join(directory, "crik-store.json"), marker);
    expect(await failureOf(directory)).toMatchObject({ code });
  });

  it("refuses a claimant that would not be a name", async () => {
    const directory = scratch();
    for (const bad of ["", "../up", "a/b", "a.b", "x".repeat(81)]) {
      await expect(openStore({ directory, claimant: bad })).rejects.toMatchObject({ code: "ERR_STORE_INVALID_OPTION" });
    }
    await expect(openStore({ directory: "relative", claimant })).rejects.toMatchObject({
      code: "ERR_STORE_INVALID_OPTION",
    });
  });

  it("lists with readOnly without changing anything", async () => {
    const directory = scratch();
    await storeWith(directory, ["one"]);
    const reader = await openStore({ directory, claimant, readOnly: true });
    expect(await reader.list()).toMatchObject([{ number: 1, state: "complete" }]);
    await expect(reader.stage()).rejects.toMatchObject({ code: "ERR_STORE_READ_ONLY" });
    await expect(reader.claim()).rejects.toMatchObject({ code: "ERR_STORE_READ_ONLY" });
    await expect(reader.prune({ generations: 1 })).rejects.toMatchObject({ code: "ERR_STORE_READ_ONLY" });
  });

  it("opens an empty directory twice at once, and the marker is whole", async () => {
    for (let round = 0; round < 20; round++) {
      const directory = join(scratch(), "images");
      mkdirSync(directory);
      await Promise.all([1, 2, 3].map((one) => openStore({ directory, claimant: `opener-${one}` })));
      expect(JSON.parse(readFileSync(join(directory, "crik-store.json"), "utf8"))).toMatchObject({ format: 1 });
    }
  });
});

describe.runIf(isRoot)("opening an image directory that the machine denies", () => {
  it("tells a full volume", async () => {
    const directory = mountTmpfs("size=4k,nr_inodes=1");
    expect(await failureOf(directory)).toMatchObject({
      code: "ERR_STORE_FULL",
      hint: expect.stringContaining("larger"),
    });
  });

  it("tells a read-only volume, and still lists it", async () => {
    const directory = mountTmpfs("size=1m");
    await storeWith(directory, ["one"]);
    execFileSync("mount", ["-o", "remount,ro", directory]);
    expect(await failureOf(directory)).toMatchObject({
      code: "ERR_STORE_READ_ONLY",
      hint: expect.stringContaining("writable"),
    });
    const reader = await openStore({ directory, claimant, readOnly: true });
    expect(await reader.list()).toMatchObject([{ number: 1, state: "complete" }]);
    await reader.verify(1);
  });

  it("tells a directory that may not be read, and one that may not be written", async () => {
    const directory = join(scratch("/var/tmp"), "images");
    mkdirSync(directory);
    chmodSync(join(directory, ".."), 0o755);
    chmodSync(directory, 0);
    expect(await asNobody(() => failureOf(directory))).toMatchObject({
      code: "ERR_STORE_IO",
      cause: { code: "EACCES" },
      hint: expect.stringContaining("fsGroup"),
    });
    chmodSync(directory, 0o555);
    expect(await asNobody(() => failureOf(directory))).toMatchObject({ code: "ERR_STORE_READ_ONLY" });
    chmodSync(directory, 0o700);
    chownSync(directory, 65534, 65534);
    await asNobody(() => openStore({ directory, claimant }));
    onTestFinished(() => chmodSync(directory, 0o700));
  });
});
