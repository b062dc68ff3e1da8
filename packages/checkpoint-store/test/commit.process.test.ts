import { lstatSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type CheckpointStore, openStore } from "../src/index.ts";
import { claimed, LeaseMs, makeFiles, scratch, states, storeWith } from "./harness.ts";
import { contentOf, facts, writeImages } from "./images.ts";

type Step = (name: string) => void | Promise<void>;

/** An image directory with one checkpoint, and a store whose every step is told. */
async function storeAt(onStep: Step): Promise<CheckpointStore> {
  const directory = join(scratch(), "images");
  await storeWith(directory, ["old"]);
  return openStore({ directory, claimant: "web-0-00000001", leaseMs: LeaseMs, onStep });
}

/** One dump with images, carried files and a commit. */
async function dump(store: CheckpointStore): Promise<string> {
  const carried = scratch();
  await makeFiles(carried, { f: "x".repeat(10_000) });
  const staged = await store.stage();
  try {
    staged.followImages();
    await writeImages(staged.imageDirectory, "new");
    await staged.carry([{ path: carried, recursive: true }]);
    return (await staged.commit(facts)).directory;
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** Calls `saw` with the path of everything that is forced to the disk. */
async function watchSyncs(saw: (path: string) => void): Promise<void> {
  await using handle = await open("/dev/null");
  const prototype: Pick<FileHandle, "sync"> = Object.getPrototypeOf(handle);
  const original = prototype.sync;
  prototype.sync = function sync(this: FileHandle): Promise<void> {
    saw(readlinkSync(`/proc/self/fd/${this.fd}`));
    return original.call(this);
  };
  onTestFinished(() => {
    prototype.sync = original;
  });
}

describe("a commit", () => {
  it("has everything on the disk before its rename, and its name after it", async () => {
    const synced = new Map<string, bigint>();
    const order: string[] = [];
    await watchSyncs((path) => {
      synced.set(path, lstatSync(path, { bigint: true }).mtimeNs);
      order.push(path);
    });
    let missing: readonly string[] | undefined;
    const store = await storeAt((name) => {
      order.push(name);
      if (name !== "commit:rename") return;
      const [staging = ""] = readdirSync(store.directory).filter((one) => one.includes("staging"));
      const root = join(store.directory, staging);
      const all = ["", ...readdirSync(root, { recursive: true, encoding: "utf8" })].map((one) => join(root, one));
      // Synced, and not changed since. The lease is nobody's data.
      missing = all.filter(
        (path) => !path.endsWith("/lease") && synced.get(path) !== lstatSync(path, { bigint: true }).mtimeNs,
      );
    });
    synced.clear();
    await dump(store);
    expect(missing).toEqual([]);
    expect(order.slice(order.indexOf("commit:rename"))).toEqual(["commit:rename", "commit:sync-root", store.directory]);
  });

  it("writes the manifest when everything that it lists is on the disk", async () => {
    const order: string[] = [];
    await watchSyncs((path) => order.push(path.split("/").at(-1) ?? ""));
    const store = await storeAt((name) => void order.push(name));
    order.length = 0;
    await dump(store);
    const manifest = order.indexOf("commit:manifest");
    for (const name of ["inventory.img", "pages-1.img", "files.pack", "files.json"]) {
      expect(order.indexOf(name), name).toBeGreaterThan(0);
      expect(order.indexOf(name), name).toBeLessThan(manifest);
    }
  });

  it.each(["ENOSPC", "EIO"])(
    "that fails with %s at any step leaves nothing, and the one before it whole",
    async (code) => {
      const steps: string[] = [];
      await dump(await storeAt((name) => void steps.push(name)));
      for (const [at, failing] of steps.entries()) {
        let count = 0;
        const store = await storeAt((name) => {
          if (count++ === at) throw Object.assign(new Error(`${code} at ${name}`), { code });
        });
        await expect(dump(store), failing).rejects.toMatchObject({
          code: code === "ENOSPC" ? "ERR_STORE_FULL" : "ERR_STORE_IO",
        });
        expect(states(store.directory), failing).toEqual(["1 complete"]);
        expect(readdirSync(store.directory).toSorted(), failing).toEqual(["000001.complete", "crik-store.json"]);
        expect(await contentOf(await claimed(await openStore({ directory: store.directory, claimant: "next" })))).toBe(
          "old",
        );
      }
    },
  );

  it("that is given up at any step before its rename leaves nothing; after it, it stands", async () => {
    const steps: string[] = [];
    await dump(await storeAt((name) => void steps.push(name)));
    for (const [at, aborting] of steps.entries()) {
      if (!aborting.startsWith("commit")) continue;
      let count = 0;
      const giveUp = new AbortController();
      const store = await storeAt(() => {
        if (count++ === at) giveUp.abort(new Error("out of time"));
      });
      const staged = await store.stage();
      await writeImages(staged.imageDirectory, "new");
      await staged.carry([{ path: scratch(), recursive: true }]);
      const stands = await staged.commit(facts, { signal: giveUp.signal }).then(
        () => true,
        (error: { readonly code: string }) => {
          expect(error.code, aborting).toBe("ERR_STORE_ABORTED");
          return false;
        },
      );
      await staged.discard();
      expect(states(store.directory), aborting).toEqual(stands ? ["1 complete", "2 complete"] : ["1 complete"]);
      expect(stands, aborting).toBe(aborting === "commit:rename" || aborting === "commit:sync-root");
    }
  });

  it("never comes before one that was restored meanwhile: it would count as older", async () => {
    const slow = await storeAt(() => {});
    const staged = await slow.stage();
    await writeImages(staged.imageDirectory, "slow");
    const quick = await openStore({ directory: slow.directory, claimant: "quick" });
    await dump(quick);
    await (await claimed(quick)).consume();
    expect(states(slow.directory)).toEqual(["1 complete", "2 staging", "3 consumed"]);
    expect(await staged.commit(facts)).toMatchObject({ number: 4 });
    expect(await contentOf(await claimed(quick))).toBe("slow");
  });

  it("takes another number when something that is no generation has its name", async () => {
    const store = await storeAt(() => {});
    writeFileSync(join(store.directory, "000002.complete"), "");
    symlinkSync("/tmp", join(store.directory, "000003.complete"));
    expect(await dump(store)).toMatch(/000004\.complete$/);
    await store.verify(4);
  });

  it("digests what was there at the commit, whatever was written while it was followed", async () => {
    const store = await storeAt(() => {});
    const staged = await store.stage();
    staged.followImages();
    const path = join(staged.imageDirectory, "pages-1.img");
    for (let megabytes = 1; megabytes <= 13; megabytes += 4) {
      writeFileSync(path, Buffer.alloc(megabytes * 1024 * 1024, megabytes));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const { number } = await staged.commit(facts);
    await store.verify(number).catch((error: unknown) => {
      // pages-*.img are only ever appended to by CRIU; one that is written anew may be judged wrongly, but never silently.
      expect(error).toMatchObject({ code: "ERR_STORE_DIGEST" });
    });
  });
});
