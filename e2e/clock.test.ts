import { expect, it } from "vitest";
import { proveContinuity, ticksOf } from "./harness/continuity.ts";
import { type CrikContainer, type CrikOptions, checkpoint, startCrik, states } from "./harness/crik.ts";
import type { Lines } from "./harness/lines.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const application = { rootfs: "debian", command: ["python3", "/programs/timers.py"] } as const;
const twelveDays = 1_000_000;

const least = { capabilities: ["CHECKPOINT_RESTORE", "SYS_PTRACE"], noNewPrivileges: true } as const;
const withOwnClock = {
  capabilities: ["CHECKPOINT_RESTORE", "SYS_PTRACE", "SYS_ADMIN", "SYS_TIME"],
  noNewPrivileges: true,
} as const;
const contexts = [
  { name: "privileged", context: { capabilities: "privileged" } },
  { name: "with SYS_ADMIN and SYS_TIME", context: withOwnClock },
  { name: "with them in a user namespace", context: { ...withOwnClock, userNamespace: true } },
] as const;

const clocks = (lines: Lines): readonly number[] =>
  lines.all.flatMap((line) => (line.startsWith("CLOCK ") ? [Number(line.slice("CLOCK ".length))] : []));

/** It has gone on, its timers fire, and its clock has neither stood still nor jumped. */
async function proveClock(first: CrikContainer, second: CrikContainer): Promise<void> {
  await expect.poll(() => ticksOf(second.stdout.all).length).toBeGreaterThan(10);
  await proveContinuity(first.stdout, second.stdout);
  const before = clocks(first.stdout).at(-1) ?? Number.NaN;
  for (const later of clocks(second.stdout)) {
    expect(later - before).toBeGreaterThan(0);
    expect(later - before).toBeLessThan(120);
  }
}

/**
 * From container to container; each goes on where the one before it was stopped.
 *
 * @param first - on a machine that has been up for twelve days longer; as the next one otherwise
 */
async function moveThrough(
  next: readonly [CrikOptions, ...CrikOptions[]],
  first: CrikOptions = next[0],
): Promise<void> {
  await using boxes = new AsyncDisposableStack();
  let before = boxes.use(await startCrik({ ...first, upForLongerSeconds: twelveDays }));
  await before.stdout.waitForLine(/^TICK \S+ 3$/);
  expect(clocks(before.stdout)[0]).toBeGreaterThan(twelveDays);
  for (const options of next) {
    await checkpoint(before);
    const box = boxes.use(await startCrik(options));
    await proveClock(before, box);
    before = box;
  }
}

/** A first program that allows the container so many time namespaces, takes one of them for itself where it may, and becomes crik. */
const fewTimeNamespaces = (allowed: number): readonly string[] => [
  "python3",
  "-c",
  `import ctypes, os, sys, time
open("/proc/sys/user/max_time_namespaces", "w").write("${allowed}")
ready, done = os.pipe()
if os.fork() == 0:
    ctypes.CDLL(None).unshare(0x80)
    os.write(done, b".")
    time.sleep(1000)
os.read(ready, 1)
os.execv(sys.argv[1], sys.argv[1:])`,
];

describeContainers("a machine that has been up for a shorter time than the one before it, as every new one", () => {
  it.each(contexts)("restores an application with its clock, so that its timers fire: $name", async ({ context }) => {
    await using volume = await makeVolume();
    const here = { ...application, ...context, volume };
    // The third begins where the clock was set by a restore; the fourth is older than all of them.
    await moveThrough([here, here, { ...here, upForLongerSeconds: 3 * twelveDays }]);
  });

  it("restores with SYS_ADMIN and SYS_TIME what was checkpointed without, and then in full mode", async () => {
    await using volume = await makeVolume();
    const here = { ...application, ...withOwnClock, volume };
    await moveThrough([here, { ...here, capabilities: "privileged" }], { ...here, ...least });
  });

  it.each([
    { name: "Node.js, two threads with intervals", rootfs: "node24", command: ["node", "/programs/intervals.mjs"] },
    { name: "timers of the kernel for two clocks", rootfs: "debian", command: ["python3", "/programs/timerfds.py"] },
  ] as const)("restores what waits for moments in several threads: $name", async ({ rootfs, command }) => {
    await using volume = await makeVolume();
    const here = { rootfs, command, ...withOwnClock, userNamespace: true, volume };
    await moveThrough([here, { ...here, upForLongerSeconds: 3 * twelveDays }]);
  });

  it("restores in either of CRIU's modes what was checkpointed in the other", async () => {
    await using volume = await makeVolume();
    const here = (mode: string): CrikOptions => ({ ...application, volume, config: { criu: { mode } } });
    await moveThrough([here("unprivileged"), here("privileged"), here("privileged")], here("privileged"));
  });

  it("keeps the checkpoint for the next container where no time namespace can be made, and runs nothing", async () => {
    await using volume = await makeVolume();
    const options = { ...application, ...withOwnClock, userNamespace: true, volume };
    await using first = await startCrik({ ...options, upForLongerSeconds: twelveDays });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    const capabilities = [...withOwnClock.capabilities, "SYS_RESOURCE"] as const;
    await using second = await startCrik({ ...options, capabilities, under: fewTimeNamespaces(1) });
    expect((await second.exited).code).toBe(125);
    expect(second.stdout.all).toEqual([]);
    expect(await second.terminationMessage()).toMatch(/cannot make a time namespace, .*: No space left on device/);
    expect(await states(volume)).toEqual(["complete"]);
    await using third = await startCrik(options);
    await proveClock(first, third);
  });

  it("says what is missing where the node allows no time namespace at all", async () => {
    await using volume = await makeVolume();
    const options = { ...application, ...withOwnClock, userNamespace: true, volume };
    await using first = await startCrik({ ...options, upForLongerSeconds: twelveDays });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    const capabilities = [...withOwnClock.capabilities, "SYS_RESOURCE"] as const;
    await using second = await startCrik({ ...options, capabilities, under: fewTimeNamespaces(0) });
    await second.stdout.waitForLine(/^TICK \S+ 3$/);
    expect(second.stderr.all.join("\n")).toMatch(/cannot be restored here: .*user\.max_time_namespaces/s);
  });

  it("restores none without these capabilities, says why, and sets the checkpoint apart", async () => {
    await using volume = await makeVolume();
    const options = { ...application, ...least, volume };
    await using first = await startCrik({ ...options, upForLongerSeconds: twelveDays });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik(options);
    await second.stdout.waitForLine(/^TICK \S+ 3$/);
    expect(second.stdout.all.join("\n")).toMatch(/^START /m);
    expect(second.stderr.all.join("\n")).toMatch(
      /cannot be restored here: .*give the container SYS_ADMIN and SYS_TIME/s,
    );
    expect(await states(volume)).toEqual(["quarantined"]);
  });
});

describeContainers("a machine that has been up for longer", () => {
  it("restores an application without privileges, whose clock jumps ahead", async () => {
    await using volume = await makeVolume();
    const options = { ...application, ...least, volume };
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik({ ...options, upForLongerSeconds: twelveDays });
    await expect.poll(() => ticksOf(second.stdout.all).length).toBeGreaterThan(10);
    await proveContinuity(first.stdout, second.stdout);
    expect(clocks(second.stdout).at(-1)).toBeGreaterThan(twelveDays);
  });
});
