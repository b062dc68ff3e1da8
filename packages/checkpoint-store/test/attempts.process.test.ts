import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ClaimOptions, type ClaimOutcome, openStore } from "../src/index.ts";
import { claimed, scratch, states, storeWith } from "./harness.ts";
import { isRoot, mountTmpfs } from "./machine.ts";

/** An image directory with one checkpoint. */
async function directoryWithOne(): Promise<string> {
  const directory = join(scratch(), "images");
  await storeWith(directory, ["state"]);
  return directory;
}

const claimIn = async (directory: string) => claimed(await openStore({ directory, claimant: "next" }));

/** What a container finds that gives up at once. */
async function failIn(directory: string): Promise<number> {
  const checkpoint = await claimIn(directory);
  await checkpoint.release({ failed: true });
  return checkpoint.attempts;
}

/** What somebody does who wants it tried again. */
function renameByHand(directory: string, from: string): void {
  renameSync(join(directory, from), join(directory, "000001.complete"));
}

describe("a restore that fails for the sake of the container", () => {
  it("is counted, and the next container is told", async () => {
    const directory = await directoryWithOne();
    expect([await failIn(directory), await failIn(directory), await failIn(directory)]).toEqual([0, 1, 2]);
    expect(states(directory)).toEqual(["1 complete"]);
    const [generation] = await (await openStore({ directory, claimant: "reader", readOnly: true })).list();
    expect(generation).toMatchObject({ state: "complete", attempts: 3 });
  });

  it("is not counted when it was only stopped, and neither is what was counted forgotten", async () => {
    const directory = await directoryWithOne();
    await failIn(directory);
    await (await claimIn(directory)).release();
    expect(await failIn(directory)).toBe(1);
  });

  it.runIf(isRoot)("is counted on a full disk too, which may be what it failed for", async () => {
    const directory = mountTmpfs("size=1m");
    await storeWith(directory, ["state"]);
    expect(() => writeFileSync(join(directory, ".ballast"), Buffer.alloc(2 << 20))).toThrow("ENOSPC");
    expect([await failIn(directory), await failIn(directory)]).toEqual([0, 1]);
  });

  it("counts together with those that died in it", async () => {
    const directory = await directoryWithOne();
    await failIn(directory);
    let now = 0;
    const start = (claimant: string) =>
      openStore({ directory, claimant, leaseMs: 1_000_000, clock: { now: () => now, sleep: async () => {} } });
    await claimed(await start("dead"));
    const next = await start("next");
    now += 1_000_000;
    const checkpoint = await claimed(next);
    expect(checkpoint.attempts).toBe(2);
    await checkpoint.release({ failed: true });
    expect(await failIn(directory)).toBe(3);
  });

  it("is forgotten when the checkpoint was restored after all", async () => {
    const directory = await directoryWithOne();
    await failIn(directory);
    const checkpoint = await claimIn(directory);
    await checkpoint.consume();
    await checkpoint.markResumed();
    renameByHand(directory, "000001.consumed.next");
    expect(await failIn(directory)).toBe(0);
  });

  it("is not forgotten when nothing has run: what was consumed is given back", async () => {
    const directory = await directoryWithOne();
    await failIn(directory);
    const checkpoint = await claimIn(directory);
    await checkpoint.consume();
    await checkpoint.giveBack();
    await checkpoint.release({ failed: true });
    expect(await failIn(directory)).toBe(2);
  });

  it("is forgotten when it is set apart, so that somebody may have it tried again", async () => {
    const directory = await directoryWithOne();
    await failIn(directory);
    await (await openStore({ directory, claimant: "fresh" })).passOver({ code: "passed-over", message: "" });
    renameByHand(directory, "000001.quarantined");
    expect(await failIn(directory)).toBe(0);
    await (await claimIn(directory)).quarantine({ code: "criu", message: "" });
    renameByHand(directory, "000001.quarantined");
    expect(await failIn(directory)).toBe(0);
  });

  it("is none where the file is missing, says something else, or is a link", async () => {
    const directory = await directoryWithOne();
    const path = join(directory, "000001.complete", "attempts");
    rmSync(path);
    expect(await failIn(directory)).toBe(0);
    expect(readFileSync(path, "utf8")).toBe("died 000000 failed 000001\n");
    writeFileSync(path, "failed: many");
    expect(await failIn(directory)).toBe(0);
    const elsewhere = join(directory, "..", "elsewhere");
    writeFileSync(elsewhere, "died 000002 failed 000009\n");
    rmSync(path);
    symlinkSync(elsewhere, path);
    expect([await failIn(directory), await failIn(directory)]).toEqual([0, 0]);
    expect(readFileSync(elsewhere, "utf8")).toBe("died 000002 failed 000009\n");
  });
});

describe("a checkpoint that cannot be read when it was claimed", () => {
  /** A claim during which the system fails so. */
  async function claimFailingWith(directory: string, code: string, options?: ClaimOptions): Promise<ClaimOutcome> {
    let fails = true;
    const onStep = (name: string): void => {
      if (name !== "claim:check" || !fails) return;
      fails = false;
      throw Object.assign(new Error(`${code}: in the test`), { code });
    };
    return (await openStore({ directory, claimant: "unlucky", onStep })).claim(options);
  }

  it("is counted and left complete for the next container", async () => {
    const directory = await directoryWithOne();
    for (const attempts of [1, 2]) {
      const outcome = await claimFailingWith(directory, "EIO");
      expect(outcome).toMatchObject({ kind: "unreadable", number: 1, attempts, error: { code: "ERR_STORE_IO" } });
      expect(states(directory)).toEqual(["1 complete"]);
    }
    expect((await claimIn(directory)).attempts).toBe(2);
  });

  it("is set apart, and the older one is claimed, when as many containers as may have tried it", async () => {
    const directory = join(scratch(), "images");
    await storeWith(directory, ["older", "newer"]);
    expect(await claimFailingWith(directory, "EIO", { giveUpAfter: 2 })).toMatchObject({
      kind: "unreadable",
      number: 2,
    });
    const outcome = await claimFailingWith(directory, "EIO", { giveUpAfter: 2 });
    expect(outcome).toMatchObject({
      kind: "claimed",
      checkpoint: { number: 1 },
      skipped: [{ number: 2, code: "unreadable", message: expect.stringContaining("EIO: in the test") }],
    });
    expect(states(directory)).toEqual(["1 restoring", "2 quarantined"]);
  });

  it("and was taken over meanwhile is the other container's: it is neither this one's attempt, nor to be started without", async () => {
    const directory = await directoryWithOne();
    const onStep = (name: string): void => {
      if (name !== "claim:check") return;
      renameSync(join(directory, "000001.restoring.slow"), join(directory, "000001.restoring.other"));
      throw Object.assign(new Error("ESTALE: in the test"), { code: "ESTALE" });
    };
    const slow = await openStore({ directory, claimant: "slow", onStep });
    expect(await slow.claim()).toMatchObject({ kind: "held", by: "other", number: 1 });
    expect((await slow.list())[0]).not.toHaveProperty("attempts");
  });

  it("is not counted when it is one of another version of crik, which can read it", async () => {
    const directory = await directoryWithOne();
    const path = join(directory, "000001.complete", "checkpoint.json");
    const [, written = ""] = /^\{"manifest":(.*),\n"digest"/.exec(readFileSync(path, "utf8")) ?? [];
    const manifest = written.replace('"format":1,', '"format":2,');
    const digest = createHash("sha256").update(manifest).digest("hex");
    writeFileSync(path, `{"manifest":${manifest},"digest":"${digest}"}`);
    const store = await openStore({ directory, claimant: "older-version" });
    await expect(store.claim()).rejects.toMatchObject({ code: "ERR_STORE_FORMAT" });
    expect(await store.list()).toMatchObject([{ state: "complete" }]);
    expect((await store.list())[0]).not.toHaveProperty("attempts");
  });
});
