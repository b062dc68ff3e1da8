import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import { expect, it } from "vitest";
import type { Container } from "./harness/container.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { checkpoint, startCrik, states } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

/**
 * Not among them: SIGKILL and SIGSTOP, which nobody catches; SIGCHLD, which is crik's own; SIGTERM, which asks for a
 * checkpoint; 32 and 33, which belong to the C library.
 */
const forwarded = Object.entries(constants.signals)
  .filter(([name]) => !["SIGKILL", "SIGSTOP", "SIGCHLD", "SIGTERM", "SIGIOT", "SIGPOLL", "SIGUNUSED"].includes(name))
  .map(([, number]) => number)
  .concat([34, 50, 64]);

const options = { rootfs: "debian", command: ["python3", "/programs/signals.py"] } as const;

describeContainers("signals", () => {
  it("every catchable one reaches the application, fresh and restored", async () => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...options, volume });
    await expectEverySignal(first);
    await checkpoint(first);
    await using second = await startCrik({ ...options, volume });
    await proveContinuity(first.stdout, second.stdout);
    await expectEverySignal(second);
  });

  it("SIGTERM goes to the application when no checkpoint is wanted", async () => {
    await using volume = await makeVolume();
    await using box = await startCrik({ ...options, volume, config: { checkpointOn: "never" } });
    await box.stdout.waitForLine(/^TICK \S+ 3$/);
    box.signal("SIGTERM");
    expect((await box.exited).code).toBe(0);
    expect(box.stdout.all).toContain(`SIGNAL 15 SIGTERM`);
    expect(await states(volume)).toEqual([]);
  });

  it("SIGKILL ends an application that ignores SIGTERM when the grace period is over", async () => {
    await using volume = await makeVolume();
    const config = { checkpointOn: "never", gracePeriod: "2s", stopReserve: "1s" };
    const command = ["python3", "/programs/stubborn.py"] as const;
    await using box = await startCrik({ rootfs: "debian", command, volume, config });
    await box.stdout.waitForLine(/^TICK \S+ 3$/);
    box.signal("SIGTERM");
    const { code, timings } = await box.exited;
    expect(code).toBe(137);
    expect(timings.endedAt - (timings.signalledAt ?? 0)).toBeLessThan(3500);
  });

  it("a second SIGTERM starts no second checkpoint", async () => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...options, volume });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    for (let time = 0; time < 5; time++) first.signal("SIGTERM");
    expect((await first.exited).code).toBe(143);
    expect(await states(volume)).toEqual(["complete"]);
    expect(first.stdout.all.filter((line) => line.startsWith("SIGNAL"))).toEqual([]);
    await using second = await startCrik({ ...options, volume });
    await proveContinuity(first.stdout, second.stdout);
  });

  it.each([0, 5, 20, 60, 120])(
    "SIGTERM %i ms after the start stops the container, whatever it was doing",
    async (delayMs) => {
      await using volume = await makeVolume();
      await using box = await startCrik({ ...options, volume });
      await expect.poll(() => isHeard(box), { interval: 1 }).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      box.signal("SIGTERM");
      const { code, timings } = await box.exited;
      // Stopped before the application was up (143 or its own end), or with a checkpoint (143).
      expect([0, 143]).toContain(code);
      expect(timings.endedAt - (timings.signalledAt ?? 0)).toBeLessThan(8000);
      expect((await states(volume)).filter((state) => state !== "complete")).toEqual([]);
    },
  );
});

/**
 * Whether a signal reaches crik by now: what a first process neither blocks nor handles the kernel drops (pid_namespaces(7)), and a program that has just been
 * executed does neither. The launcher first of all blocks every signal that can be. Once it waits for one the kernel shows none as blocked; by then it has a child.
 */
async function isHeard({ pid }: Container): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return status.startsWith("Name:\tcrik\n") && (status.includes("\nSigBlk:\tfffffffffffbfeff\n") || children !== "");
}

/** One at a time, since the kernel merges signals of a kind that are not yet delivered. */
async function expectEverySignal(box: Container): Promise<void> {
  await box.stdout.waitForLine(/^TICK /);
  const missing: number[] = [];
  for (const number of forwarded) {
    const seen = box.stdout.all.length;
    box.signal(number);
    await box.stdout.waitForLineAfter(seen, new RegExp(`^SIGNAL ${number} `), 1500).catch(() => missing.push(number));
  }
  expect(missing).toEqual([]);
}
