import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CheckpointStore, isStoreError, openStore } from "../src/index.ts";
import { claimed, makeFiles, scratch, storeWith } from "./harness.ts";
import { contentOf, facts, writeImages } from "./images.ts";
import { isRoot, mountTmpfs } from "./machine.ts";

/** One dump. @returns how it ended; what it staged is discarded when it failed. */
async function dump(store: CheckpointStore, carried: string): Promise<string> {
  const staged = await store.stage().catch(codeOf);
  if (typeof staged === "string") return `stage: ${staged}`;
  let step = "images";
  try {
    await writeImages(staged.imageDirectory, "new");
    step = "carry";
    await staged.carry([{ path: carried, recursive: true }], { isExcluded: () => false });
    step = "commit";
    await staged.commit(facts);
    return "committed";
  } catch (error) {
    await staged.discard();
    return `${step}: ${codeOf(error)}`;
  }
}

function codeOf(error: unknown): string {
  if (isStoreError(error)) return error.code;
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

describe.runIf(isRoot)("a disk that becomes full in the middle of a checkpoint", () => {
  it("leaves what was there before, whichever name does not fit any more", async () => {
    const carried = scratch();
    await makeFiles(carried, { f: "x".repeat(1000) });
    const ends: string[] = [];
    for (let inodes = 0; !ends.includes("committed") && inodes < 40; inodes++) {
      const volume = mountTmpfs("size=4m,nr_inodes=60");
      const store = await storeWith(volume, ["old"]);
      const before = readdirSync(volume);
      const ballast = fillInodes(volume, inodes);
      const end = await dump(store, carried);
      ends.push(end);
      if (end !== "committed") {
        expect(readdirSync(volume).filter((name) => name !== ".ballast")).toEqual(before);
      }
      rmSync(ballast, { recursive: true });
      const next = await openStore({ directory: volume, claimant: "next-00000001" });
      expect(await contentOf(await claimed(next))).toBe(end === "committed" ? "new" : "old");
    }
    expect(ends.at(-1)).toBe("committed");
    for (const end of ends.slice(0, -1)) expect(end).toMatch(/: (ERR_STORE_FULL|ENOSPC)$/);
    expect(ends.some((end) => end.startsWith("commit: "))).toBe(true);
    expect(ends.some((end) => end.startsWith("carry: "))).toBe(true);
  });

  it("leaves what was there before, whichever byte does not fit any more", async () => {
    const carried = scratch();
    await makeFiles(carried, { f: "x".repeat(50_000) });
    const ends: string[] = [];
    for (let pages = 0; !ends.includes("committed") && pages < 60; pages++) {
      const volume = mountTmpfs("size=1m");
      const store = await storeWith(volume, ["old"]);
      const before = readdirSync(volume);
      const ballast = join(volume, ".ballast");
      fillBytes(ballast, pages * 4096);
      const end = await dump(store, carried);
      ends.push(end);
      if (end !== "committed") expect(readdirSync(volume).filter((name) => name !== ".ballast")).toEqual(before);
      rmSync(ballast);
      const next = await openStore({ directory: volume, claimant: "next-00000001" });
      expect(await contentOf(await claimed(next))).toBe(end === "committed" ? "new" : "old");
    }
    expect(ends.at(-1)).toBe("committed");
    for (const end of ends.slice(0, -1)) expect(end).toMatch(/: (ERR_STORE_FULL|ENOSPC)$/);
  });

  it("still lets a checkpoint be claimed, consumed, given back and put apart", async () => {
    const volume = mountTmpfs("size=1m");
    const store = await storeWith(volume, ["old"]);
    fillBytes(join(volume, ".ballast"), 0);
    const checkpoint = await claimed(store);
    await checkpoint.consume();
    await checkpoint.giveBack();
    await checkpoint.quarantine({ code: "criu", message: "does not restore" });
    expect(await store.list()).toMatchObject([{ number: 1, state: "quarantined" }]);
  });
});

/** Takes all inodes but `free`. */
function fillInodes(volume: string, free: number): string {
  const ballast = join(volume, ".ballast");
  mkdirSync(ballast);
  let count = 0;
  try {
    for (; ; count++) writeFileSync(join(ballast, String(count)), "");
  } catch {
    for (let name = 1; name <= Math.min(free, count); name++) rmSync(join(ballast, String(count - name)));
  }
  return ballast;
}

/** Fills the file system but for `free` bytes. */
function fillBytes(path: string, free: number): void {
  const page = Buffer.alloc(4096, 1);
  const file = openSync(path, "w");
  let size = 0;
  try {
    for (;;) size += writeSync(file, page);
  } catch {
    ftruncateSync(file, Math.max(0, size - free));
  } finally {
    closeSync(file);
  }
}
