import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type CheckpointStore, openStore } from "../src/index.ts";
import { claimed, commitOne, LeaseMs, scratch, states, storeWith } from "./harness.ts";
import { contentOf, facts, writeImages } from "./images.ts";
import { isRoot, mountTmpfs } from "./machine.ts";

/** Renews its leases so seldom that it seems dead. */
const Seldom = 1_000_000;

const open = (directory: string, claimant: string, leaseMs: number = LeaseMs): Promise<CheckpointStore> =>
  openStore({ directory, claimant, leaseMs });

/** An image directory with one checkpoint for each content. */
async function directoryWith(...contents: string[]): Promise<string> {
  const directory = join(scratch(), "images");
  await storeWith(directory, contents);
  return directory;
}

describe("a claim that another container holds", () => {
  it("is left alone for as long as its lease is renewed", async () => {
    const directory = await directoryWith("state");
    // Long enough for a busy machine: renewals are a fifth of it apart.
    const leaseMs = 5 * LeaseMs;
    const holder = await claimed(await open(directory, "holder", leaseMs));
    const other = await (await open(directory, "other", leaseMs)).claim({ waitMs: 2 * leaseMs });
    expect(other).toMatchObject({ kind: "held", by: "holder", number: 1, skipped: [] });
    await holder.consume();
    expect(await (await open(directory, "other")).claim()).toMatchObject({ kind: "none" });
  });

  it("is not restored a second time from a copy that somebody has put beside it", async () => {
    const directory = await directoryWith("state");
    cpSync(join(directory, "000001.complete"), join(directory, "copy"), { recursive: true });
    await (await claimed(await open(directory, "first"))).consume();
    renameSync(join(directory, "copy"), join(directory, "000001.complete"));
    const second = await (await open(directory, "second")).claim();
    expect(second).toMatchObject({ kind: "none", skipped: [{ number: 1, code: "ERR_STORE_MANIFEST" }] });
    expect(states(directory)).toEqual(["1 consumed", "1 quarantined"]);
  });

  it("is taken over when its lease is not renewed; the slow holder then restores nothing", async () => {
    const directory = await directoryWith("state");
    const slow = await claimed(await open(directory, "slow", Seldom));
    const quick = await claimed(await open(directory, "quick"), 10 * LeaseMs);
    const before = readdirSync(directory);
    await expect(slow.consume()).rejects.toMatchObject({ code: "ERR_STORE_CLAIM_LOST" });
    await expect(slow.release()).rejects.toMatchObject({ code: "ERR_STORE_CLAIM_LOST" });
    await expect(slow.quarantine({ code: "criu", message: "" })).rejects.toMatchObject({
      code: "ERR_STORE_CLAIM_LOST",
    });
    expect(readdirSync(directory)).toEqual(before);
    expect(await contentOf(quick)).toBe("state");
    await quick.consume();
    expect(states(directory)).toEqual(["1 consumed"]);
  });

  it("is set apart when the third container has died of it", async () => {
    const directory = await directoryWith("older", "too large for this memory limit");
    const clock = { now: () => now, sleep: async () => {} };
    let now = 0;
    const start = async (name: string): Promise<CheckpointStore> => {
      const store = await openStore({ directory, claimant: name, leaseMs: Seldom, clock });
      now += Seldom;
      return store;
    };
    for (const name of ["first", "second", "third"]) {
      const checkpoint = await claimed(await start(name));
      expect(checkpoint.number).toBe(2);
    }
    const fourth = await start("fourth");
    expect(await fourth.claim({ ifInvalid: "none" })).toMatchObject({
      kind: "none",
      skipped: [{ number: 2, code: "restore-kills", message: expect.stringContaining("memory limit") }],
      newest: { kind: "quarantined", reason: { code: "restore-kills" } },
    });
    expect(states(directory)).toEqual(["1 complete", "2 quarantined"]);
  });

  it("is judged by what changes, whatever the clocks of the two machines say", async () => {
    const directory = await directoryWith("state");
    await claimed(await open(directory, "dead", Seldom));
    const lease = join(directory, "000001.restoring.dead", "lease");
    const other = await open(directory, "other");
    for (const year of [1971, 2100, 1999]) {
      utimesSync(lease, new Date(year, 1), new Date(year, 1));
      expect(await other.claim({ waitMs: LeaseMs / 3 })).toMatchObject({ kind: "held" });
    }
    await claimed(other, 10 * LeaseMs);
  });

  it("is lost when a newer checkpoint was restored meanwhile", async () => {
    const directory = await directoryWith("old");
    const slow = await claimed(await open(directory, "slow", Seldom));
    const store = await storeWith(directory, ["new"]);
    const newer = await claimed(store);
    expect(await contentOf(newer)).toBe("new");
    await newer.consume();
    await expect(slow.consume()).rejects.toMatchObject({ code: "ERR_STORE_CLAIM_LOST" });
    expect(states(directory)).toEqual(["1 restoring", "2 consumed"]);
    expect(await store.claim({ waitMs: 3 * LeaseMs })).toMatchObject({ kind: "none" });
  });

  it("ends a wait at once when the caller has had enough", async () => {
    const directory = await directoryWith("state");
    await claimed(await open(directory, "holder"));
    const giveUp = new AbortController();
    const waiting = (await open(directory, "other")).claim({ waitMs: 60_000, signal: giveUp.signal });
    await delay(30);
    const before = performance.now();
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ code: "ERR_STORE_ABORTED" });
    expect(performance.now() - before).toBeLessThan(200);
  });
});

describe("a rename that was done and answered with ENOENT, as NFS does when a request was sent twice", () => {
  /** A store whose renames from this step on find their work done. */
  async function answering(
    directory: string,
    claimant: string,
    step: string,
    from: string,
    to: string,
  ): Promise<CheckpointStore> {
    return openStore({
      directory,
      claimant,
      leaseMs: LeaseMs,
      onStep: (name) => {
        if (name === step) renameSync(join(directory, from), join(directory, to));
      },
    });
  }

  it("is a claim all the same", async () => {
    const directory = await directoryWith("state");
    const store = await answering(directory, "me", "claim:rename", "000001.complete", "000001.restoring.me");
    expect(await contentOf(await claimed(store))).toBe("state");
  });

  it("is no claim when it was another container's", async () => {
    const directory = await directoryWith("state");
    const store = await answering(directory, "me", "claim:rename", "000001.complete", "000001.restoring.you");
    expect(await store.claim()).toMatchObject({ kind: "held", by: "you" });
  });

  it("is a restore all the same", async () => {
    const directory = await directoryWith("state");
    const store = await answering(directory, "me", "claimed:consumed", "000001.restoring.me", "000001.consumed.me");
    await (await claimed(store)).consume();
    expect(states(directory)).toEqual(["1 consumed"]);
  });

  it.each(["000001.complete", "000001.restoring.quick"])("is a commit all the same, as %s", async (to) => {
    const directory = join(scratch(), "images");
    const store = await answering(directory, "me", "commit:rename", "000001.staging.me", to);
    expect(await commitOne(store, "state")).toBe(1);
    expect(readdirSync(directory)).toContain(to);
  });
});

const damages: Readonly<Record<string, (generation: string) => void>> = {
  "has half a manifest": (generation) => truncateSync(join(generation, "checkpoint.json"), 100),
  "has no manifest": (generation) => rmSync(join(generation, "checkpoint.json")),
  "has a manifest with one other byte": (generation) => flip(join(generation, "checkpoint.json")),
  "lacks an image": (generation) => rmSync(join(generation, "checkpoint", "pages-1.img")),
  "has a short image": (generation) => truncateSync(join(generation, "checkpoint", "pages-1.img"), 1),
  "has an image too many": (generation) => writeFileSync(join(generation, "checkpoint", "core-2.img"), ""),
  "has a pack that nobody wrote": (generation) => writeFileSync(join(generation, "files.pack"), ""),
};

describe("a checkpoint that is damaged", () => {
  it.each(Object.entries(damages))(
    "and %s is set apart with the reason, and the one before it is claimed",
    async (_what, damage) => {
      const directory = await directoryWith("old", "new");
      damage(join(directory, "000002.complete"));
      const store = await open(directory, "me");
      const outcome = await store.claim();
      if (outcome.kind !== "claimed") throw new Error(outcome.kind);
      expect(await contentOf(outcome.checkpoint)).toBe("old");
      expect(outcome.skipped).toEqual([
        { number: 2, code: expect.stringMatching(/^ERR_STORE_(MANIFEST|SIZE)$/), message: expect.any(String) },
      ]);
      expect(await store.list()).toMatchObject([
        { number: 1, state: "restoring", claimant: "me" },
        {
          number: 2,
          state: "quarantined",
          bytes: expect.any(Number),
          quarantine: { code: outcome.skipped[0]?.code, at: expect.any(String) },
        },
      ]);
    },
  );

  it("does not bring back a moment before the last restore", async () => {
    const directory = await directoryWith("old", "new");
    const store = await open(directory, "me");
    await (await claimed(store)).consume();
    await commitOne(store, "newest");
    damages["has no manifest"]?.(join(directory, "000003.complete"));
    expect(await store.claim()).toMatchObject({ kind: "none", skipped: [{ number: 3 }] });
    expect(states(directory)).toEqual(["1 complete", "2 consumed", "3 quarantined"]);
  });

  it.each(["xxh3", "sha256"] as const)("is found by its digest, %s, while CRIU restores it", async (digest) => {
    const directory = join(scratch(), "images");
    const maker = await openStore({ directory, claimant: "maker", digest });
    await commitOne(maker, "a state that is long enough to be changed");
    await maker.verify(1);
    flip(join(directory, "000001.complete", "checkpoint", "pages-1.img"));
    const checkpoint = await claimed(await open(directory, "me"));
    await expect(checkpoint.verify()).rejects.toMatchObject({
      code: "ERR_STORE_DIGEST",
      message: expect.stringContaining("pages-1.img"),
    });
  });

  it("of another format is not touched", async () => {
    const directory = await directoryWith("state");
    const path = join(directory, "000001.complete", "checkpoint.json");
    const { printManifest } = await import("../src/manifest/read.ts");
    const { manifest } = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, printManifest({ ...manifest, format: 2 }));
    const store = await open(directory, "me");
    await expect(store.claim()).rejects.toMatchObject({ code: "ERR_STORE_FORMAT", hint: expect.any(String) });
    expect(states(directory)).toEqual(["1 complete"]);
  });
});

describe("a claim that finds nothing", () => {
  const reason = { code: "criu", message: "the restore failed" };

  it("tells who restored the newest, and whether it has run", async () => {
    const directory = await directoryWith("one");
    const store = await open(directory, "me");
    const checkpoint = await claimed(store);
    await checkpoint.consume();
    expect(await store.claim()).toMatchObject({ newest: { kind: "consumed", number: 1, by: "me", resumed: false } });
    await checkpoint.markResumed();
    expect(await store.claim()).toMatchObject({ newest: { kind: "consumed", number: 1, by: "me", resumed: true } });
  });

  it("does not go back behind one in quarantine, unless it is told to", async () => {
    const directory = await directoryWith("one", "two");
    await (await claimed(await open(directory, "me"))).quarantine(reason);
    const store = await open(directory, "next");
    expect(await store.claim({ ifInvalid: "none" })).toMatchObject({
      kind: "none",
      because: expect.stringContaining("quarantine"),
      newest: { kind: "quarantined", number: 2, reason },
    });
    expect(await contentOf(await claimed(store))).toBe("one");
  });

  it("lets one that was passed over rest", async () => {
    const directory = await directoryWith("one");
    const store = await open(directory, "me");
    expect(await store.passOver({ code: "passed-over", message: "started afresh" })).toMatchObject({ passed: [1] });
    const outcome = await store.claim({ ifInvalid: "none" });
    expect(outcome).toMatchObject({ kind: "none", skipped: [] });
    expect(outcome).not.toHaveProperty("newest");
  });

  it("does not take the damaged one's predecessor when it is told not to", async () => {
    const directory = await directoryWith("one", "two");
    damages["has no manifest"]?.(join(directory, "000002.complete"));
    const store = await open(directory, "me");
    expect(await store.claim({ ifInvalid: "none" })).toMatchObject({
      kind: "none",
      skipped: [{ number: 2, code: "ERR_STORE_MANIFEST" }],
      newest: { kind: "quarantined", number: 2, reason: { code: "ERR_STORE_MANIFEST" } },
    });
    expect(states(directory)).toEqual(["1 complete", "2 quarantined"]);
  });
});

describe("what becomes of a claim", () => {
  it("a release gives it to the next container, a second restore does not happen", async () => {
    const directory = await directoryWith("state");
    await (await claimed(await open(directory, "first"))).release();
    const second = await claimed(await open(directory, "second"));
    await second.consume();
    await expect(second.consume()).rejects.toMatchObject({ code: "ERR_STORE_CLAIM_LOST" });
    await expect(second.release()).rejects.toMatchObject({ code: "ERR_STORE_CLAIM_LOST" });
  });

  it("a mark says that what was consumed really ran", async () => {
    const directory = await directoryWith("one");
    const store = await open(directory, "me");
    const checkpoint = await claimed(store);
    await checkpoint.consume();
    const [before] = await store.list();
    expect(before).toMatchObject({ state: "consumed", claimant: "me" });
    expect(before?.resumed).toBeUndefined();
    await checkpoint.markResumed();
    expect(await store.list()).toMatchObject([{ state: "consumed", claimant: "me", resumed: true }]);
  });

  it("two containers that dump into one directory at once both keep their state", async () => {
    const directory = join(scratch(), "images");
    const [one, two] = await Promise.all([open(directory, "one"), open(directory, "two")]);
    const staged = await Promise.all([one.stage(), two.stage()]);
    expect(staged.map(({ number }) => number)).toEqual([1, 1]);
    for (const [index, each] of staged.entries()) await writeImages(each.imageDirectory, `state ${index}`);
    const committed = await Promise.all(staged.map((each) => each.commit(facts)));
    expect(committed.map(({ number }) => number).toSorted()).toEqual([1, 2]);
    for (const { number } of committed) await one.verify(number);
  });
});

describe.runIf(isRoot)("a volume that becomes read-only", () => {
  it("cannot be claimed from, and says so", async () => {
    const volume = mountTmpfs("size=1m");
    const store = await storeWith(volume, ["state"]);
    execFileSync("mount", ["-o", "remount,ro", volume]);
    await expect(store.claim()).rejects.toMatchObject({
      code: "ERR_STORE_READ_ONLY",
      hint: expect.stringContaining("writable"),
    });
    expect(states(volume)).toEqual(["1 complete"]);
    expect(existsSync(join(volume, "000001.complete", "checkpoint.json"))).toBe(true);
  });
});

/** Changes one bit in the middle. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
