import { expect, it } from "vitest";
import { proveContinuity, ticksOf } from "./harness/continuity.ts";
import { checkpoint, startCrik, states } from "./harness/crik.ts";
import type { Lines } from "./harness/lines.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const application = { rootfs: "debian", command: ["python3", "/programs/timers.py"] } as const;
const twelveDays = 1_000_000;

const clocks = (lines: Lines): readonly number[] =>
  lines.all.flatMap((line) => (line.startsWith("CLOCK ") ? [Number(line.slice("CLOCK ".length))] : []));

describeContainers("a machine that has been up for a shorter time than the one before it, as every new one", () => {
  it.each([
    { name: "privileged", capabilities: "privileged" },
    {
      name: "with five capabilities",
      capabilities: ["SYS_ADMIN", "NET_ADMIN", "SYS_TIME", "SYS_PTRACE", "SYS_CHROOT"],
    },
  ] as const)("restores an application with its clock, so that its timers fire: $name", async ({ capabilities }) => {
    await using volume = await makeVolume();
    const options = { ...application, capabilities, noNewPrivileges: capabilities !== "privileged", volume };
    await using first = await startCrik({ ...options, upForLongerSeconds: twelveDays });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    const [clock = 0] = clocks(first.stdout);
    expect(clock).toBeGreaterThan(twelveDays);
    await checkpoint(first);
    await using second = await startCrik(options);
    await expect.poll(() => ticksOf(second.stdout.all).length).toBeGreaterThan(10);
    await proveContinuity(first.stdout, second.stdout);
    for (const later of clocks(second.stdout)) {
      expect(later - clock).toBeGreaterThan(0);
      expect(later - clock).toBeLessThan(120);
    }
    // And once more, from a machine where the clock was set so.
    await checkpoint(second);
    await using third = await startCrik(options);
    await expect.poll(() => ticksOf(third.stdout.all).length).toBeGreaterThan(10);
    await proveContinuity(second.stdout, third.stdout);
  });

  it("restores none without these capabilities, says why, and sets the checkpoint apart", async () => {
    await using volume = await makeVolume();
    const options = {
      ...application,
      capabilities: ["CHECKPOINT_RESTORE", "SYS_PTRACE"],
      noNewPrivileges: true,
      volume,
    } as const;
    await using first = await startCrik({ ...options, upForLongerSeconds: twelveDays });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik(options);
    await second.stdout.waitForLine(/^TICK \S+ 3$/);
    expect(second.stdout.all.join("\n")).toMatch(/^START /m);
    expect(second.stderr.all.join("\n")).toMatch(
      /cannot be restored here: .*SYS_ADMIN, NET_ADMIN, SYS_TIME, SYS_PTRACE and SYS_CHROOT/,
    );
    expect(await states(volume)).toEqual(["quarantined"]);
  });
});

describeContainers("a machine that has been up for longer", () => {
  it("restores an application without privileges, whose clock jumps ahead", async () => {
    await using volume = await makeVolume();
    const options = {
      ...application,
      capabilities: ["CHECKPOINT_RESTORE", "SYS_PTRACE"],
      noNewPrivileges: true,
      volume,
    } as const;
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik({ ...options, upForLongerSeconds: twelveDays });
    await expect.poll(() => ticksOf(second.stdout.all).length).toBeGreaterThan(10);
    await proveContinuity(first.stdout, second.stdout);
    expect(clocks(second.stdout).at(-1)).toBeGreaterThan(twelveDays);
  });
});
