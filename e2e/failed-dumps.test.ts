import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import type { Container } from "./harness/container.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { type CrikOptions, checkpoint, startCrik, states } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume, type VolumeOptions } from "./harness/volume.ts";

const mebibyte = 2 ** 20;

/** Why no checkpoint can be made. */
interface Failure {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly volume?: VolumeOptions;
  readonly config?: CrikOptions["config"];
  /** Why crik does not even try. */
  readonly notTried?: string;
}

const signals = ["python3", "/programs/signals.py"] as const;
const withFile = (mebibytes: number) =>
  ["sh", "-c", `head -c ${mebibytes}M /dev/urandom >/tmp/large; exec ${signals.join(" ")}`] as const;

const failures: readonly Failure[] = [
  { name: "CRIU refuses the tree", command: ["python3", "/programs/nested.py"] },
  { name: "the disk is too small for the images", command: signals, volume: { sizeBytes: 2 * mebibyte } },
  {
    name: "the disk is full when the commit comes to the files",
    command: withFile(48),
    volume: { sizeBytes: 40 * mebibyte },
    // What does not fit must be carried, or the checkpoint is none.
    config: { additionalPaths: ["/tmp/large"] },
  },
  {
    name: "CRIU cannot be started",
    command: signals,
    config: { criu: { path: "/etc/passwd" } },
    notTried: "a checkpoint made here could not be restored",
  },
  {
    name: "CRIU does not know an option",
    command: signals,
    config: { criu: { extraDumpArguments: ["--no-such-option"] } },
  },
];

describeContainers("a checkpoint that fails", () => {
  it.each(failures)("leaves the application to its SIGTERM: $name", async (failure) => {
    const { command, volume: size, config, notTried } = failure;
    await using volume = await makeVolume(size);
    await using box = await startCrik({ rootfs: "debian", command, volume, config });
    await box.stdout.waitForLine(/^TICK \S+ 3$/);
    box.signal("SIGTERM");
    expect((await box.exited).code).toBe(0);
    expect(box.stdout.all).toContain("SIGNAL 15 SIGTERM");
    expectNothingLost(box);
    expect(await box.terminationMessage()).toBe(
      `crik: stopped and not checkpointed: ${notTried ?? `the checkpoint failed: ${dumpErrorIn(box)}`}`,
    );
    expect(await states(volume)).toEqual([]);
    expect((await readdir(volume.path)).filter((name) => name !== "crik-store.json")).toEqual([]);
  });

  it("does not touch the checkpoint that was there before it", async () => {
    await using volume = await makeVolume();
    const options = { rootfs: "debian", command: signals, volume } as const;
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    // Another command in the same directory starts fresh, and cannot be dumped.
    const config = { criu: { extraDumpArguments: ["--no-such-option"] } };
    await using other = await startCrik({ ...options, command: [...signals, "other"], config });
    await other.stdout.waitForLine(/^TICK \S+ 3$/);
    other.signal("SIGTERM");
    expect((await other.exited).code).toBe(0);
    expect(await states(volume)).toEqual(["complete"]);
    await using second = await startCrik(options);
    await proveContinuity(first.stdout, second.stdout);
  });
});

/** The application was frozen and went on: its numbers show no gap, and it did not start again. */
function expectNothingLost(box: Container): void {
  const ticks = box.stdout.all.flatMap((line) => /^TICK (\S+) (\d+)$/.exec(line)?.slice(1, 3) ?? []);
  const numbers = ticks.filter((_, index) => index % 2 === 1).map(Number);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(box.stdout.all.filter((line) => line.startsWith("START"))).toHaveLength(1);
}

/** The sentence of the error in the log, without its code. */
function dumpErrorIn(box: Container): string {
  const lines = box.stderr.all;
  const headline = lines[lines.findIndex((line) => /no checkpoint: the dump failed/.test(line)) + 1] ?? "";
  return headline.trim().replace(/ \(ERR_\w+\)$/, "");
}
