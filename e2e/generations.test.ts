import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import type { CapabilityProfile } from "./harness/capabilities.ts";
import { proveContinuity, ticksOf } from "./harness/continuity.ts";
import { checkpoint, generations, startCrik } from "./harness/crik.ts";
import type { Lines } from "./harness/lines.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const modes: readonly { readonly mode: string; readonly capabilities: CapabilityProfile }[] = [
  { mode: "privileged", capabilities: "privileged" },
  { mode: "with the default capabilities and CHECKPOINT_RESTORE", capabilities: "default+cr" },
];

describeContainers.each(modes)("$mode, one generation after the other:", ({ capabilities }) => {
  it("a shell counter goes on over four restores, and only the newest generation is ever restorable", async () => {
    await using volume = await makeVolume();
    await using boxes = new AsyncDisposableStack();
    let previous: Lines | undefined;
    for (let generation = 0; generation <= 4; generation++) {
      const options = { rootfs: "busybox", command: ["/programs/counter.sh"], capabilities, volume } as const;
      const box = boxes.use(await startCrik(options));
      if (previous === undefined) await box.stdout.waitForLine(/^START /);
      else await proveContinuity(previous, box.stdout);
      await box.stdout.waitForLineAfter(4, /^TICK /);
      if (generation === 4) break;
      await checkpoint(box);
      const complete = (await generations(volume)).filter(({ state }) => state === "complete");
      expect(complete.map(({ number }) => number)).toEqual([generation + 1]);
      previous = box.stdout;
    }
  });

  it("daemonised children go along with logs of their own, whatever generation they are from", async () => {
    await using volume = await makeVolume();
    await using boxes = new AsyncDisposableStack();
    let previous: Lines | undefined;
    for (let generation = 1; generation <= 4; generation++) {
      const options = { rootfs: "debian", command: ["python3", "/programs/daemon.py"], capabilities, volume } as const;
      const box = boxes.use(await startCrik(options));
      if (previous !== undefined) await proveContinuity(previous, box.stdout);
      // The first daemon starts with the application, the next ones in the later lives.
      if (generation > 1) box.signal("SIGUSR1");
      await box.stdout.waitForLineAfter(8, /^TICK /);
      if (generation < 4) await checkpoint(box);
      for (let daemon = 1; generation === 4 && daemon <= 4; daemon++) {
        expectOneLife(await readFile(box.livePath(`/var/log/daemon-${daemon}.log`), "utf8"), (5 - daemon) * 3);
      }
      previous = box.stdout;
    }
  });
});

/** The log travels with its writer: it tells of one start, and of every number since. */
function expectOneLife(log: string, ticksAtLeast: number): void {
  const lines = log.trimEnd().split("\n");
  const ticks = ticksOf(lines);
  expect(lines.filter((line) => line.startsWith("START"))).toHaveLength(1);
  expect(ticks.map(({ number }) => number)).toEqual(ticks.map((_, index) => index + 1));
  expect(new Set(ticks.map(({ nonce }) => nonce)).size).toBe(1);
  expect(ticks.length).toBeGreaterThan(ticksAtLeast);
}
