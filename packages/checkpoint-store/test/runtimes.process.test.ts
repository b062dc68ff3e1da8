import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ChunkBytes, chunkHasher, type DigestAlgorithm } from "../src/chunk-hasher.ts";
import { openStore } from "../src/index.ts";
import { claimed, commitOne, LeaseMs, makeFiles, scratch, storeWith } from "./harness.ts";
import { contentOf } from "./images.ts";
import { startChild } from "./start-child.ts";

const bun = fileURLToPath(new URL("../../../node_modules/@oven/bun-linux-x64/bin/bun", import.meta.url));
const hasher = fileURLToPath(new URL("../src/chunk-hasher.ts", import.meta.url));

/** Digests of chunks of these lengths, each of the same bytes, in Bun. */
function digestsInBun(algorithm: DigestAlgorithm, lengths: readonly number[]): readonly string[] {
  const program = `
    const { chunkHasher } = await import(${JSON.stringify(hasher)});
    const hash = await chunkHasher(${JSON.stringify(algorithm)});
    console.log(JSON.stringify(${JSON.stringify(lengths)}.map((length) => hash(Uint8Array.from({ length }, (_, at) => (at * 31) % 251)))));`;
  return JSON.parse(execFileSync(bun, ["--eval", program], { encoding: "utf8" }));
}

describe.runIf(process.arch === "x64" && existsSync(bun))("the two JavaScript runtimes", () => {
  it.each(["xxh3", "sha256"] as const)("digest alike with %s, whatever the length", async (algorithm) => {
    // XXH3 has other ways for up to 16, 128 and 240 bytes, and blocks of 1024.
    const lengths = [0, 1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1023, 1024, 1025, 65_537, ChunkBytes];
    const hash = await chunkHasher(algorithm);
    const here = lengths.map((length) => hash(Uint8Array.from({ length }, (_, at) => (at * 31) % 251)));
    expect(digestsInBun(algorithm, lengths)).toEqual(here);
    for (const digest of here) expect(digest).toMatch(algorithm === "xxh3" ? /^[0-9a-f]{16}$/ : /^[0-9a-f]{64}$/);
  });

  it("restore each other's checkpoints", { timeout: 20_000 }, async () => {
    const directory = join(scratch(), "images");
    await storeWith(directory, ["one"]);
    const job = { kind: "scenario", directory, claimant: "bun-00000001", leaseMs: LeaseMs, workDirectory: scratch() };
    const dump = await startChild({ ...job, scenario: "dump" }, bun).ended();
    expect(dump).toMatchObject({ code: 0, signal: null });
    const fromBun = await claimed(await openStore({ directory, claimant: "node-00000001" }));
    await fromBun.verify();
    expect(await contentOf(fromBun)).toBe("two");
    await fromBun.release();
    const restore = await startChild({ ...job, scenario: "restore" }, bun).ended();
    expect(restore).toMatchObject({ code: 0, signal: null });
    const reader = await openStore({ directory, claimant: "reader", readOnly: true });
    expect(await reader.list()).toMatchObject([
      { number: 1, state: "complete" },
      { number: 2, state: "consumed", claimant: "bun-00000001", resumed: true },
    ]);
  });

  it("put each other's files back", { timeout: 20_000 }, async () => {
    const directory = join(scratch(), "images");
    const root = scratch();
    await makeFiles(root, { "a/small": "s", "a/large": "l".repeat(300_000), "b/empty": "" });
    const store = await storeWith(directory, []);
    await commitOne(store, "state", root);
    rmSync(join(root, "a"), { recursive: true });
    writeFileSync(join(root, "b/empty"), "not empty");
    const job = { kind: "scenario", scenario: "restore", directory, claimant: "bun-00000001", leaseMs: LeaseMs };
    expect(await startChild(job, bun).ended()).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, "a/large"), "utf8")).toBe("l".repeat(300_000));
    expect(readFileSync(join(root, "a/small"), "utf8")).toBe("s");
    expect(readFileSync(join(root, "b/empty"), "utf8")).toBe("");
  });

  it("race for a checkpoint, and exactly one restores it", { timeout: 20_000 }, async () => {
    const directory = join(scratch(), "images");
    const store = await storeWith(directory, []);
    const racers = [process.execPath, bun].map((runtime, index) =>
      startChild({ kind: "race", directory, claimant: `racer-${index}`, leaseMs: 10_000 }, runtime),
    );
    for (const racer of racers) expect(await racer.next()).toBe("ready");
    for (let round = 1; round <= 5; round++) {
      await commitOne(store, `state ${round}`);
      for (const racer of racers) racer.say("go");
      const answers = await Promise.all(racers.map((racer) => racer.next()));
      expect(answers.filter((answer) => answer === `claimed state ${round}`)).toHaveLength(1);
    }
    for (const racer of racers) await racer.ended();
  });
});
