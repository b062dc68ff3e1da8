import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { proveContinuity, ticksOf } from "./harness/continuity.ts";
import { checkpoint, startCrik, states } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const options = { rootfs: "debian", command: ["python3", "/programs/memory.py", "48"] } as const;

/** From before the dump's start to after its end, in milliseconds after SIGTERM. */
const duringDump = [1, 20, 40, 60, 80, 100, 130, 160, 200, 250];
/** From before the claim to after the restore's end, in milliseconds after the container's start. */
const duringRestore = [10, 40, 70, 100, 140, 180];

/** Out of memory, a node's crash, an impatient kubelet: the container ends by SIGKILL in the middle of something. */
describeContainers("a container that is killed", () => {
  it.each(duringDump)("%i ms after its SIGTERM has left a whole checkpoint or none", async (delayMs) => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...options, volume });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    first.signal("SIGTERM");
    await sleep(delayMs);
    first.signal("SIGKILL");
    const { code } = await first.exited;
    const whole = (await states(volume)).includes("complete");
    if (code === 143) expect(whole).toBe(true);
    await using second = await startCrik({ ...options, volume });
    if (whole) await proveContinuity(first.stdout, second.stdout);
    else await second.stdout.waitForLine(/^START /);
    // What is left of the dead container is in nobody's way.
    await second.stdout.waitForLineAfter(8, /^TICK /);
    await checkpoint(second);
    await using third = await startCrik({ ...options, volume });
    await proveContinuity(second.stdout, third.stdout);
  });

  it.each(duringRestore)(
    "%i ms after its start, restoring, has not let the application live twice",
    async (delayMs) => {
      await using volume = await makeVolume();
      const config = { claimTimeout: "60s" };
      await using first = await startCrik({ ...options, volume });
      await first.stdout.waitForLine(/^TICK \S+ 3$/);
      await checkpoint(first);
      await using second = await startCrik({ ...options, volume, config });
      await sleep(delayMs);
      second.signal("SIGKILL");
      await second.exited;
      const ran = ticksOf(second.stdout.all).length > 0;
      const consumed = (await states(volume)).includes("consumed");
      if (ran) expect(consumed).toBe(true);
      await using third = await startCrik({ ...options, volume, config });
      if (consumed) await third.stdout.waitForLine(/^START /, 90_000);
      else await proveContinuity(first.stdout, third.stdout, 90_000);
    },
  );
});
