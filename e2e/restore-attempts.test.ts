import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { proveContinuity } from "./harness/continuity.ts";
import { type CrikContainer, type CrikOptions, checkpoint, generations, startCrik, states } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume, type Volume } from "./harness/volume.ts";

const memory = { rootfs: "debian", command: ["python3", "/programs/memory.py", "16"] } as const;

/** Runs a container until it has left a checkpoint. */
async function leaveCheckpoint(options: CrikOptions): Promise<CrikContainer> {
  const box = await startCrik(options);
  await box.stdout.waitForLine(/^TICK \S+ 3$/);
  await checkpoint(box);
  return box;
}

/** A container that cannot restore the checkpoint of this volume, and leaves it for the next one. */
async function failTo(restore: CrikOptions, attempt: RegExp): Promise<readonly string[]> {
  await using box = await startCrik(restore);
  expect((await box.exited).code).toBe(125);
  expect(box.stdout.all).toEqual([]);
  expect(await states(restore.volume)).toEqual(["complete"]);
  const said = box.stderr.all.filter((line) => line.includes("is tried again by the next container"));
  expect(said).toEqual([expect.stringMatching(attempt)]);
  return box.stderr.all;
}

async function reasonOf(volume: Volume): Promise<unknown> {
  const [generation] = await generations(volume);
  return JSON.parse(await readFile(join(generation?.path ?? "", "quarantine.json"), "utf8"));
}

describeContainers("a restore that fails for the sake of the container", () => {
  it("succeeds in the next one when the disk that files are put back to is full no more", async () => {
    await using volume = await makeVolume();
    await using written = await makeVolume();
    await using full = await makeVolume({ sizeBytes: 1 << 20 });
    const options = { ...memory, volume, config: { additionalPaths: ["/data"] } };
    await writeFile(join(written.path, "file"), Buffer.alloc(300_000, "content"));
    await using first = await leaveCheckpoint({ ...options, mounts: [{ from: written.path, to: "/data" }] });
    const ballast = join(full.path, "ballast");
    await writeFile(ballast, Buffer.alloc(800_000));
    const elsewhere = { ...options, mounts: [{ from: full.path, to: "/data" }] };
    const said = await failTo(elsewhere, /attempt 1 of 3/);
    expect(said.join("\n")).toMatch(/ERR_STORE_FULL/);
    await rm(ballast);
    await using third = await startCrik(elsewhere);
    await proveContinuity(first.stdout, third.stdout);
    expect(await readFile(join(full.path, "file"))).toEqual(await readFile(join(written.path, "file")));
    expect(await states(volume)).toEqual(["consumed"]);
  });

  it("succeeds in the next one when that has the memory for it", async () => {
    await using volume = await makeVolume();
    const options = { ...memory, command: ["python3", "/programs/memory.py", "192"] as const, volume };
    await using first = await leaveCheckpoint(options);
    const said = await failTo({ ...options, memoryBytes: 128 << 20 }, /attempt 1 of 3/);
    expect(said.join("\n")).toMatch(/killed by signal 9/);
    await using third = await startCrik(options);
    await proveContinuity(first.stdout, third.stdout);
  });

  it("is given up after the third container, and what failed is kept with the checkpoint", async () => {
    await using volume = await makeVolume();
    await using _first = await leaveCheckpoint({ ...memory, volume });
    const slow = { ...memory, volume, config: { restoreTimeout: "1ms" } };
    await failTo(slow, /attempt 1 of 3/);
    await failTo(slow, /attempt 2 of 3/);
    await using fourth = await startCrik(slow);
    await fourth.stdout.waitForLine(/^TICK \S+ 3$/, 60_000);
    expect(fourth.stdout.all.filter((line) => line.startsWith("START"))).toHaveLength(1);
    expect(fourth.stderr.all.join("\n")).toMatch(/started afresh: its checkpoint could not be restored/);
    expect(await states(volume)).toEqual(["quarantined"]);
    expect(await reasonOf(volume)).toMatchObject({
      code: "passed-over",
      message: expect.stringMatching(/generation 1 could not be restored: .*1 ms/),
    });
    const processes = await fourth.exec(["ps", "-e", "-o", "comm="]);
    expect(processes.stdout).not.toMatch(/^criu/m);
  });

  it("is never given up where that is what is configured", async () => {
    await using volume = await makeVolume();
    await using first = await leaveCheckpoint({ ...memory, volume });
    const slow = { ...memory, volume, config: { restoreTimeout: "1ms", ifRestoreFails: "fail" } };
    for (const attempt of [1, 2, 3, 4]) await failTo(slow, new RegExp(`attempt ${attempt}, and it is never given up`));
    await using last = await startCrik({ ...slow, config: { ifRestoreFails: "fail" } });
    await proveContinuity(first.stdout, last.stdout);
  });
});

/** Which the preflight finds out: where CRIU lacks something, its failure is not held against the checkpoint. */
describeContainers("a container that has no CRIU", () => {
  it("leaves the checkpoint for one that has", async () => {
    await using volume = await makeVolume();
    await using first = await leaveCheckpoint({ ...memory, volume });
    await failTo({ ...memory, volume, config: { criu: { path: "/nowhere/criu" } } }, /attempt 1 of 3/);
    await using third = await startCrik({ ...memory, volume });
    await proveContinuity(first.stdout, third.stdout);
  });
});

/** The preflight is about checkpoints that are made: under a filter CRIU cannot dump, and can restore. */
describeContainers("a container with a seccomp filter", () => {
  it("goes on with a checkpoint that another one has made", async () => {
    await using volume = await makeVolume();
    await using first = await leaveCheckpoint({ ...memory, volume });
    await using second = await startCrik({ ...memory, volume, seccomp: true });
    await proveContinuity(first.stdout, second.stdout);
  });
});
