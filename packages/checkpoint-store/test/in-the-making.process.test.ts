import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { systemClock } from "../src/clock.ts";
import { type CheckpointStore, openStore, type StagedCheckpoint } from "../src/index.ts";
import { commitOne, LeaseMs, scratch, states, storeWith } from "./harness.ts";
import { contentOf, facts, writeImages } from "./images.ts";

/** Long enough for a busy machine: renewals are a fifth of it apart. */
const LongLeaseMs = 5 * LeaseMs;

/** Renews its leases so seldom that it seems dead. */
const Seldom = 1_000_000;

const open = (directory: string, claimant: string, leaseMs: number = LongLeaseMs): Promise<CheckpointStore> =>
  openStore({ directory, claimant, leaseMs });

/** A container that has begun to write a checkpoint, in a directory that has one of each of these contents. */
async function writing(
  leaseMs = LongLeaseMs,
  contents: readonly string[] = [],
): Promise<{ readonly directory: string; readonly staged: StagedCheckpoint }> {
  const directory = join(scratch(), "images");
  await storeWith(directory, contents);
  const staged = await (await open(directory, "writer", leaseMs)).stage();
  return { directory, staged };
}

describe("a checkpoint that another container is still writing", () => {
  it("is waited for, and claimed when it is there", async () => {
    const { directory, staged } = await writing();
    const claim = (await open(directory, "next")).claim({ waitMs: 60_000 });
    await delay(2 * LongLeaseMs);
    await writeImages(staged.imageDirectory, "just in time");
    await staged.commit(facts);
    const outcome = await claim;
    expect(outcome).toMatchObject({ kind: "claimed", skipped: [] });
    if (outcome.kind === "claimed") expect(await contentOf(outcome.checkpoint)).toBe("just in time");
  });

  it("is not waited for any more when it has come to nothing", async () => {
    const { directory, staged } = await writing();
    const claim = (await open(directory, "next")).claim({ waitMs: 60_000 });
    await delay(LongLeaseMs);
    await staged.discard();
    expect(await claim).toMatchObject({ kind: "none", because: "there is no checkpoint yet" });
  });

  it("is held by its container, when that lives and the time is over: nothing older is claimed beside it", async () => {
    const { directory, staged } = await writing(LongLeaseMs, ["older"]);
    const outcome = await (await open(directory, "next")).claim({ waitMs: 2 * LongLeaseMs });
    expect(outcome).toMatchObject({ kind: "held", by: "writer", number: 2 });
    expect(states(directory)).toEqual(["1 complete", "2 staging"]);
    await staged.discard();
  });

  it("is held by its container also when that has just begun anew, and was seen to live before", async () => {
    const directory = join(scratch(), "images");
    const writer = await open(directory, "writer");
    let staged = await writer.stage();
    let looks = 0;
    const clock = {
      ...systemClock,
      // Its second try appears, and is not seen to be renewed in the rest of the time.
      sleep: async (ms: number) => {
        await delay(ms);
        if (++looks !== 5) return;
        const failed = staged;
        staged = await (await open(directory, "writer", Seldom)).stage();
        await failed.discard();
      },
    };
    const next = await openStore({ directory, claimant: "next", leaseMs: LongLeaseMs, clock });
    expect(await next.claim({ waitMs: 1.5 * LongLeaseMs })).toMatchObject({ kind: "held", by: "writer" });
    await staged.discard();
  });

  it("is not given up because a volume or a machine stood still, and its container could not renew the lease", async () => {
    const { directory, staged } = await writing();
    let stoodStillMs = 0;
    const clock = {
      now: () => performance.now() + stoodStillMs,
      sleep: async (ms: number) => {
        // For much longer than the time to wait, from one look to the next.
        if (stoodStillMs === 0) stoodStillMs = 60_000;
        else await delay(ms);
      },
    };
    const next = await openStore({ directory, claimant: "next", leaseMs: LongLeaseMs, clock });
    expect(await next.claim({ waitMs: 2 * LongLeaseMs })).toMatchObject({ kind: "held", by: "writer" });
    expect(states(directory)).toEqual(["1 staging"]);
    await staged.discard();
  });

  it("is given up later than a claim would be taken over, since a wrong judgement costs the state", async () => {
    const { directory } = await writing(Seldom);
    const next = await open(directory, "next");
    const began = performance.now();
    expect(await next.claim({ waitMs: 60_000 })).toMatchObject({ kind: "none" });
    expect(performance.now() - began).toBeGreaterThan(1.5 * LongLeaseMs);
  });

  it("is given up when its container does not renew the lease, and said to be unfinished", async () => {
    const { directory } = await writing(Seldom);
    expect(await (await open(directory, "next", LeaseMs)).claim({ waitMs: 60_000 })).toMatchObject({
      kind: "none",
      because: "there is no checkpoint yet; the one that writer began is not finished",
    });
  });

  it("cannot be committed any more when the application was started afresh meanwhile", async () => {
    const { directory, staged } = await writing(Seldom);
    await writeImages(staged.imageDirectory, "too late");
    const next = await open(directory, "next", LeaseMs);
    expect(await next.claim({ waitMs: 60_000 })).toMatchObject({ kind: "none" });
    await next.passOver({ code: "passed-over", message: "started afresh" });
    await expect(staged.commit(facts)).rejects.toMatchObject({ code: "ERR_STORE_IO" });
    expect(states(directory)).toEqual([]);
  });

  it("does not keep a container from starting that waits for less than it takes to know", async () => {
    const { directory } = await writing(Seldom);
    const none = { kind: "none", because: expect.stringContaining("is not finished") };
    expect(await (await open(directory, "next")).claim()).toMatchObject(none);
    expect(await (await open(directory, "third")).claim({ waitMs: LongLeaseMs / 4 })).toMatchObject(none);
  });

  it("is not waited for when the application has lived on since", async () => {
    const { directory } = await writing();
    const store = await open(directory, "other");
    await commitOne(store, "newer");
    expect(await store.claim({ waitMs: 60_000 })).toMatchObject({ kind: "claimed", checkpoint: { number: 2 } });
  });
});
