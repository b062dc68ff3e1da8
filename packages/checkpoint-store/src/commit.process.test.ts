import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { claimed, scratch, states } from "../test/harness.ts";
import { contentOf, facts, writeImages } from "../test/images.ts";
import { systemClock } from "./clock.ts";
import { type CheckpointStore, type OpenStoreOptions, openStore } from "./index.ts";

interface Steps {
  readonly seen: string[];
  readonly onStep: OpenStoreOptions["onStep"];
}

/** Fails at one step, as a disk does. */
function failingAt(wanted: number, code = "EIO"): Steps {
  const seen: string[] = [];
  return {
    seen,
    onStep: (name) => {
      if (seen.push(name) === wanted + 1) throw Object.assign(new Error(`${code}: made up`), { code });
    },
  };
}

async function opened(
  directory: string,
  claimant: string,
  onStep?: OpenStoreOptions["onStep"],
): Promise<CheckpointStore> {
  return openStore({ directory, claimant, leaseMs: 60_000, onStep });
}

/** A whole dump. @returns whether it was committed */
async function dump(store: CheckpointStore, carried: string): Promise<boolean> {
  const staged = await store.stage();
  try {
    await writeImages(staged.imageDirectory, "state");
    await staged.carry([carried]);
    await staged.commit(facts);
    return true;
  } catch {
    await staged.discard();
    return false;
  }
}

describe("a commit", () => {
  it("that fails at any step leaves no checkpoint and nothing half-written", async () => {
    const carried = scratch();
    writeFileSync(join(carried, "file"), "content");
    const whole = failingAt(Number.POSITIVE_INFINITY);
    expect(await dump(await opened(scratch(), "maker-1", whole.onStep), carried)).toBe(true);
    expect(whole.seen).toContain("commit:rename");
    for (const [index, name] of whole.seen.entries()) {
      const directory = scratch();
      const steps = failingAt(index);
      const committed = await dump(await opened(directory, "maker-1", steps.onStep), carried).catch(() => false);
      expect(committed, name).toBe(false);
      expect(states(directory), name).toEqual([]);
      expect(await (await opened(directory, "next-1")).claim(), name).toMatchObject({ kind: "none" });
    }
  });

  it("tells a full disk, and goes well when there is room again", async () => {
    const directory = scratch();
    let full = true;
    const store = await opened(directory, "maker-1", (name) => {
      if (full && name === "commit:manifest") throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    });
    const staged = await store.stage();
    await writeImages(staged.imageDirectory, "state");
    await expect(staged.commit(facts)).rejects.toMatchObject({
      code: "ERR_STORE_FULL",
      hint: expect.any(String),
      left: expect.stringContaining(staged.directory),
    });
    full = false;
    await staged.commit(facts);
    expect(await contentOf(await claimed(await opened(directory, "next-1")))).toBe("state");
  });

  it("that cannot be synced counts all the same when another container has claimed it in that moment", async () => {
    const directory = scratch();
    const other = await opened(directory, "other-1");
    const store = await opened(directory, "maker-1", async (name) => {
      if (name === "commit:sync-root") throw Object.assign(new Error("EIO"), { code: "EIO" });
      if (name === "commit:roll-back") await claimed(other);
    });
    const staged = await store.stage();
    await writeImages(staged.imageDirectory, "state");
    expect(await staged.commit(facts)).toMatchObject({ number: 1 });
    expect(states(directory)).toEqual(["1 restoring"]);
  });

  it("that can neither be synced nor renamed back is no checkpoint any more, since the application goes on", async () => {
    const directory = scratch();
    const store = await opened(directory, "maker-1", (name) => {
      if (name === "commit:sync-root" || name === "commit:roll-back")
        throw Object.assign(new Error("EIO"), { code: "EIO" });
    });
    const staged = await store.stage();
    await writeImages(staged.imageDirectory, "state");
    await expect(staged.commit(facts)).rejects.toMatchObject({ code: "ERR_STORE_IO" });
    const next = await opened(directory, "next-1");
    expect(await next.claim()).toMatchObject({ kind: "none", skipped: [{ number: 1, code: "ERR_STORE_MANIFEST" }] });
  });

  it("syncs one file at a time, so that slow syncs leave a thread for the lease", async () => {
    const staged = await (
      await opened(scratch(), "maker-1", async (name) => {
        if (name !== "commit:sync-file") return;
        most = Math.max(most, ++syncing);
        await sleep(5);
        syncing--;
      })
    ).stage();
    let [syncing, most] = [0, 0];
    for (const index of [1, 2, 3, 4]) writeFileSync(join(staged.imageDirectory, `core-${index}.img`), "");
    await staged.commit(facts);
    expect(most).toBe(1);
  });

  it("whose rename was not answered is looked for until the volume answers again", async () => {
    const root = scratch();
    const [directory, away] = [join(root, "images"), join(root, "away")];
    const clock = {
      ...systemClock,
      sleep: async () => {
        if (existsSync(away)) renameSync(away, directory);
      },
    };
    const onStep = (name: string): void => {
      if (name !== "commit:rename") return;
      renameSync(join(directory, "000001.staging.maker-1"), join(directory, "000001.complete"));
      // Until somebody waits no look can be answered.
      renameSync(directory, away);
    };
    const store = await openStore({ directory, claimant: "maker-1", clock, onStep });
    const staged = await store.stage();
    await writeImages(staged.imageDirectory, "state");
    expect(await staged.commit(facts)).toMatchObject({ number: 1 });
    expect(states(directory)).toEqual(["1 complete"]);
  });

  it("of something that could not be read back fails", async () => {
    const directory = scratch();
    const staged = await (await opened(directory, "maker-1")).stage();
    await writeImages(staged.imageDirectory, "state");
    await expect(staged.commit({ ...facts, hostname: "x".repeat(5000) })).rejects.toMatchObject({
      code: "ERR_STORE_MANIFEST",
    });
    writeFileSync(join(staged.imageDirectory, "what a name.img"), "");
    await expect(staged.commit(facts)).rejects.toMatchObject({ code: "ERR_STORE_MANIFEST" });
    await staged.discard();
    expect(states(directory)).toEqual([]);
  });

  it("refuses a folder or a link among the images", async () => {
    const staged = await (await opened(scratch(), "maker-1")).stage();
    mkdirSync(join(staged.imageDirectory, "folder.img"));
    await expect(staged.commit(facts)).rejects.toMatchObject({ code: "ERR_STORE_MANIFEST" });
  });

  it("that is given up before its rename leaves nothing, and cannot be given up after it", async () => {
    const directory = scratch();
    const giveUp = new AbortController();
    let when = "commit:sync-directory";
    const store = await opened(directory, "maker-1", (name) => {
      if (name === when) giveUp.abort(new Error("out of time"));
    });
    const staged = await store.stage();
    await writeImages(staged.imageDirectory, "state");
    await expect(staged.commit(facts, { signal: giveUp.signal })).rejects.toMatchObject({ code: "ERR_STORE_ABORTED" });
    await staged.discard();
    expect(states(directory)).toEqual([]);

    when = "commit:sync-root";
    const late = new AbortController();
    const again = await store.stage();
    await writeImages(again.imageDirectory, "state");
    await again.commit(facts, { signal: late.signal });
    expect(states(directory)).toEqual(["1 complete"]);
  });
});

describe("a restore", () => {
  it.each(["released", "set apart"])(
    "whose consumption has failed, and could not be undone at once, can be %s",
    async (how) => {
      const directory = scratch();
      expect(await dump(await opened(directory, "maker-1"), scratch())).toBe(true);
      const failures = new Set(["claimed:sync-consumed", "claimed:restoring"]);
      const store = await opened(directory, "next-1", (name) => {
        if (failures.delete(name)) throw Object.assign(new Error("EIO: made up"), { code: "EIO" });
      });
      const checkpoint = await claimed(store);
      await expect(checkpoint.consume()).rejects.toMatchObject({ code: "ERR_STORE_IO" });
      expect(states(directory)).toEqual(["1 consumed"]);
      if (how === "released") await checkpoint.release({ failed: true });
      else await checkpoint.quarantine({ code: "criu", message: "the restore failed" });
      expect(states(directory)).toEqual([how === "released" ? "1 complete" : "1 quarantined"]);
    },
  );

  it("whose consumption was done and not answered can be given up", async () => {
    const directory = scratch();
    expect(await dump(await opened(directory, "maker-1"), scratch())).toBe(true);
    const store = await opened(directory, "next-1", (name) => {
      if (name !== "claimed:consumed") return;
      renameSync(join(directory, "000001.restoring.next-1"), join(directory, "000001.consumed.next-1"));
      throw Object.assign(new Error("EIO: made up"), { code: "EIO" });
    });
    const checkpoint = await claimed(store);
    await expect(checkpoint.consume()).rejects.toMatchObject({ code: "ERR_STORE_IO" });
    await checkpoint.release({ failed: true });
    expect(states(directory)).toEqual(["1 complete"]);
  });

  it("that fails at any step is consumed or whole, never both and never neither", async () => {
    const restore = async (store: CheckpointStore): Promise<void> => {
      const checkpoint = await claimed(store);
      await checkpoint.putBack({ root: scratch() });
      await checkpoint.verify();
      await checkpoint.consume();
    };
    const prepared = async (): Promise<string> => {
      const directory = scratch();
      expect(await dump(await opened(directory, "maker-1"), scratch())).toBe(true);
      return directory;
    };
    const whole = failingAt(Number.POSITIVE_INFINITY);
    await restore(await opened(await prepared(), "next-1", whole.onStep));
    for (const [index, name] of whole.seen.entries()) {
      const directory = await prepared();
      const store = await opened(directory, "next-1", failingAt(index).onStep);
      await expect(restore(store), name).rejects.toThrow();
      // The same container tries again: it holds the claim still, or gets it anew.
      expect(await contentOf(await claimed(store)), name).toBe("state");
      const generations = states(directory);
      expect(generations, name).toEqual(["1 restoring"]);
    }
  });
});

describe("a discard", () => {
  it("removes everything, also a second time, and nothing after a commit", async () => {
    const directory = scratch();
    const store = await opened(directory, "maker-1");
    const staged = await store.stage();
    await staged.discard();
    await staged.discard();
    expect(readdirSync(directory)).toEqual(["crik-store.json"]);
    await expect(staged.commit(facts)).rejects.toMatchObject({ code: "ERR_STORE_INVALID_OPTION" });
    const second = await store.stage();
    await writeImages(second.imageDirectory, "state");
    const { directory: place } = await second.commit(facts);
    await second.discard();
    expect(readFileSync(join(place, "checkpoint/pages-1.img"), "utf8")).toBe("state");
  });
});
