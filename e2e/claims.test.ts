import { expect, it } from "vitest";
import type { Container } from "./harness/container.ts";
import { proveContinuity, ticksOf } from "./harness/continuity.ts";
import { checkpoint, startCrik, states } from "./harness/crik.ts";
import { reached, signalCriu } from "./harness/kill-criu.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const options = { rootfs: "debian", command: ["python3", "/programs/memory.py", "16"] } as const;

describeContainers("two containers and one checkpoint", () => {
  it.each([1, 2, 3])("only one goes on, the other starts afresh (race %i)", async () => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...options, volume });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    const [left, right] = await Promise.all([startCrik({ ...options, volume }), startCrik({ ...options, volume })]);
    await using _left = left;
    await using _right = right;
    await Promise.all([left, right].map((box) => box.stdout.waitForLine(/^TICK /, 60_000)));
    const last = ticksOf(first.stdout.all).at(-1);
    const goneOn = [left, right].filter((box) => firstTick(box)?.nonce === last?.nonce);
    expect(goneOn).toHaveLength(1);
    expect(goneOn.map((box) => firstTick(box)?.number)).toEqual([(last?.number ?? 0) + 1]);
    const starts = [left, right].flatMap((box) => box.stdout.all).filter((line) => line.startsWith("START"));
    expect(starts).toHaveLength(1);
    expect(await states(volume)).toEqual(["consumed"]);
  });

  it("one that starts while the other is still being checkpointed waits, and goes on", async () => {
    await using volume = await makeVolume();
    const large = { ...options, command: ["python3", "/programs/memory.py", "400"], volume } as const;
    await using first = await startCrik(large);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    const begun = reached(volume, "staging");
    first.signal("SIGTERM");
    await begun;
    // However fast the machine is, it takes longer than the start of the next container.
    await expect.poll(() => signalCriu(first, "SIGSTOP"), { interval: 1 }).toBeGreaterThan(0);
    expect(await states(volume)).toEqual(["staging"]);
    await using second = await startCrik(large);
    await second.stderr.waitForLine(/another container is writing a checkpoint/);
    signalCriu(first, "SIGCONT");
    expect((await first.exited).code).toBe(143);
    await proveContinuity(first.stdout, second.stdout, 60_000);
  });

  it("a checkpoint is not restored a second time when a container is started again", async () => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...options, volume });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik({ ...options, volume });
    await second.stdout.waitForLine(/^TICK /);
    second.signal("SIGKILL");
    await second.exited;
    await using third = await startCrik({ ...options, volume });
    await third.stdout.waitForLine(/^TICK /);
    expect(third.stdout.all.filter((line) => line.startsWith("START"))).toHaveLength(1);
    expect(firstTick(third)?.nonce).not.toBe(firstTick(first)?.nonce);
  });
});

function firstTick(box: Container) {
  return ticksOf(box.stdout.all)[0];
}
