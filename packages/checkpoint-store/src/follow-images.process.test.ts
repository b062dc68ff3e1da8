import { appendFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { claimed, scratch } from "../test/harness.ts";
import { facts } from "../test/images.ts";
import { ChunkBytes, chunkHasher } from "./chunk-hasher.ts";
import { systemClock } from "./clock.ts";
import { digestFile } from "./digest-file.ts";
import { followImages } from "./follow-images.ts";
import { openStore } from "./index.ts";

const part = (fill: number, bytes = ChunkBytes): Buffer => Buffer.alloc(bytes, fill);

describe("following the images that CRIU writes", () => {
  it("digests what is complete, and only memory", async () => {
    const directory = scratch();
    const hash = await chunkHasher("xxh3");
    const follower = followImages(directory, { hash, clock: systemClock });
    const path = join(directory, "pages-1.img");
    writeFileSync(path, part(1, ChunkBytes + 5));
    writeFileSync(join(directory, "core-1.img"), part(1));
    await sleep(60);
    appendFileSync(path, part(2, ChunkBytes - 6));
    await sleep(60);
    const followed = await follower.stop();
    expect([...followed.keys()]).toEqual(["pages-1.img"]);
    const { chunks } = await digestFile(path, hash);
    expect(chunks).toHaveLength(2);
    expect(followed.get("pages-1.img")?.chunks).toEqual(chunks.slice(0, 1));
    expect(await digestFile(path, hash, { known: followed.get("pages-1.img")?.chunks })).toEqual(
      await digestFile(path, hash),
    );
  });

  it("makes the same checkpoint as not following", async () => {
    const store = await openStore({ directory: scratch(), claimant: "maker-1" });
    const make = async (follow: boolean) => {
      const staged = await store.stage();
      if (follow) staged.followImages();
      const path = join(staged.imageDirectory, "pages-1.img");
      for (let index = 0; index < 3; index++) {
        appendFileSync(path, part(index));
        if (follow) await sleep(30);
      }
      appendFileSync(path, "rest");
      const { number } = await staged.commit(facts);
      return (await store.list()).find((one) => one.number === number)?.manifest?.files;
    };
    const files = await make(true);
    expect(files).toEqual(await make(false));
    await (await claimed(store)).verify();
  });

  it("does not believe what it knew of a file that was replaced", async () => {
    const store = await openStore({ directory: scratch(), claimant: "maker-1" });
    const staged = await store.stage();
    staged.followImages();
    const path = join(staged.imageDirectory, "pages-1.img");
    writeFileSync(path, part(1, 2 * ChunkBytes));
    await sleep(80);
    writeFileSync(`${path}.new`, part(2, 2 * ChunkBytes));
    renameSync(`${path}.new`, path);
    await staged.commit(facts);
    await (await claimed(store)).verify();
  });

  it("writes one file back at a time, so that slow syncs leave a thread for the lease", async () => {
    const directory = scratch();
    const names = [1, 2, 3, 4].map((index) => join(directory, `pages-${index}.img`));
    // As much as is written back at once.
    for (const name of names) {
      writeFileSync(name, "");
      truncateSync(name, 64 * 1024 * 1024);
    }
    await using handle = await open(directory, "r");
    let [syncing, most, all] = [0, 0, 0];
    const datasync = vi.spyOn(Object.getPrototypeOf(handle), "datasync").mockImplementation(async () => {
      all++;
      most = Math.max(most, ++syncing);
      await sleep(500);
      syncing--;
    });
    const follower = followImages(directory, { hash: await chunkHasher("xxh3"), clock: systemClock });
    await expect.poll(() => all, { timeout: 10_000 }).toBeGreaterThan(0);
    await sleep(400);
    await follower.stop();
    datasync.mockRestore();
    expect([most, syncing]).toEqual([1, 0]);
  });

  it("ends with the dump that failed", async () => {
    const store = await openStore({ directory: scratch(), claimant: "maker-1" });
    const staged = await store.stage();
    staged.followImages();
    writeFileSync(join(staged.imageDirectory, "pages-1.img"), part(1));
    await staged.discard();
    staged.followImages();
  });
});
