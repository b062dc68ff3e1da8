import { mkdirSync, readdirSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type CheckpointStore, openStore } from "../src/index.ts";
import { claimed, commitOne, LeaseMs, scratch, states, storeWith } from "./harness.ts";
import { writeImages } from "./images.ts";

const open = (directory: string, claimant: string, leaseMs: number = LeaseMs): Promise<CheckpointStore> =>
  openStore({ directory, claimant, leaseMs });

async function directoryWith(...contents: string[]): Promise<string> {
  const directory = join(scratch(), "images");
  await storeWith(directory, contents);
  return directory;
}

describe("a prune", () => {
  it("keeps the newest, by number and by bytes, and says what went", async () => {
    const directory = await directoryWith("x".repeat(1000), "y".repeat(1000), "z".repeat(1000));
    const store = await open(directory, "me");
    expect(await store.prune({ generations: 2 })).toMatchObject({ removed: [{ number: 1, state: "complete" }] });
    const { freedBytes } = await store.prune({ generations: 2, bytes: 3000 });
    expect(freedBytes).toBeGreaterThan(1000);
    expect(states(directory)).toEqual(["3 complete"]);
    expect(await store.prune({ generations: 1, bytes: 1 })).toMatchObject({ removed: [], freedBytes: 0 });
    await store.verify(3);
  });

  it("never removes the only good one, whatever is newer", async () => {
    const directory = await directoryWith("good", "damaged");
    truncateSync(join(directory, "000002.complete", "checkpoint", "pages-1.img"), 1);
    const store = await open(directory, "me");
    await store.prune({ generations: 1, bytes: 1 });
    expect(states(directory)).toContain("1 complete");
    await store.verify(1);
  });

  it("never removes what another container restores or writes, for as long as it lives", async () => {
    const directory = await directoryWith("one", "two");
    // Long enough for a busy machine: renewals are a fifth of it apart.
    const leaseMs = 5 * LeaseMs;
    const living = await open(directory, "living", leaseMs);
    await claimed(living);
    const staged = await living.stage();
    await writeImages(staged.imageDirectory, "three");
    const store = await open(directory, "me", leaseMs);
    for (let look = 0; look < 3; look++) {
      await delay(0.6 * leaseMs);
      await store.prune({ generations: 1, bytes: 1 });
    }
    expect(states(directory)).toEqual(expect.arrayContaining(["2 restoring", "3 staging"]));
    await staged.discard();
  });

  it("removes what a dead container was writing, when its lease has passed, and what a dead prune left", async () => {
    const directory = await directoryWith("one");
    const dead = await open(directory, "dead", 1_000_000);
    await writeImages((await dead.stage()).imageDirectory, "two");
    renameSync(join(directory, "000002.staging.dead"), join(directory, "000002.staging.dead-since"));
    mkdirSync(join(directory, ".crik-trash-0123456789abcdef"));
    writeFileSync(join(directory, ".crik-trash-0123456789abcdef", "pages-1.img"), "");
    const store = await open(directory, "me");
    await store.prune({ generations: 2 });
    expect(states(directory)).toEqual(["1 complete", "2 staging"]);
    await delay(2 * LeaseMs + 20);
    expect(await store.prune({ generations: 2 })).toMatchObject({ removed: [{ number: 2, state: "staging" }] });
    expect(readdirSync(directory).toSorted()).toEqual(["000001.complete", "crik-store.json"]);
  });

  it("keeps the name of the newest restored one, since it says that older ones are never restored", async () => {
    const directory = await directoryWith("one", "two");
    const store = await open(directory, "me");
    const checkpoint = await claimed(store);
    await checkpoint.consume();
    await checkpoint.markResumed();
    await commitOne(store, "three");
    await store.prune({ generations: 1 });
    expect(states(directory)).toEqual(["2 consumed", "3 complete"]);
    expect(await store.list()).toMatchObject([{ number: 2, resumed: true }, { number: 3 }]);
    expect(readdirSync(join(directory, "000002.consumed.me"))).not.toContain("checkpoint");
  });

  it("refuses to keep nothing", async () => {
    const store = await open(await directoryWith("one"), "me");
    await store.prune({ generations: 0 });
    expect(states(store.directory)).toEqual(["1 complete"]);
  });
});

describe("a list", () => {
  it("shows every generation with what it takes, also without a manifest, and fails for none", async () => {
    const directory = await directoryWith("one");
    mkdirSync(join(directory, "000002.complete", "checkpoint"), { recursive: true });
    writeFileSync(join(directory, "000002.complete", "checkpoint", "pages-1.img"), "x".repeat(5000));
    mkdirSync(join(directory, "000003.quarantined"));
    writeFileSync(
      join(directory, "000003.quarantined", "quarantine.json"),
      '{"code":"criu","message":"\\u001b[2Jno\\nroom","at":"now"}',
    );
    writeFileSync(join(directory, "000004.complete"), "a file is no generation");
    mkdirSync(join(directory, "someone's"));
    const store = await open(directory, "me");
    expect(await store.list()).toMatchObject([
      { number: 1, state: "complete", manifest: { number: 1 } },
      { number: 2, state: "complete", bytes: 5000, problem: expect.stringContaining("missing") },
      { number: 3, state: "quarantined", quarantine: { code: "criu", message: "\ufffd[2Jno\nroom" } },
    ]);
    await expect(store.verify(2)).rejects.toMatchObject({ code: "ERR_STORE_MANIFEST" });
    await expect(store.verify(9)).rejects.toMatchObject({ code: "ERR_STORE_NOT_FOUND" });
  });
});
