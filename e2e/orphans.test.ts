import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { CapabilityProfile } from "./harness/capabilities.ts";
import type { Container } from "./harness/container.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { checkpoint, startCrik } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const modes: readonly { readonly mode: string; readonly capabilities: CapabilityProfile }[] = [
  { mode: "privileged", capabilities: "privileged" },
  { mode: "with the default capabilities and CHECKPOINT_RESTORE", capabilities: "default+cr" },
];

describeContainers("orphans", () => {
  it.each(modes)("are reaped, before a restore and after two of them, $mode", async ({ capabilities }) => {
    await using volume = await makeVolume();
    const script = "i=0; while [ $i -lt 30 ]; do (sleep 0.1 &) ; i=$((i + 1)); done; exec /programs/counter.sh";
    // Every tick leaves an orphan as well, so that there are some after a restore.
    const command = ["sh", "-c", `while :; do (sleep 0.2 &); sleep 0.05; done & ${script}`] as const;
    const options = { rootfs: "debian", command, capabilities, volume } as const;
    await using first = await startCrik(options);
    await expectNoZombies(first);
    await checkpoint(first);
    await using second = await startCrik(options);
    await proveContinuity(first.stdout, second.stdout);
    await expectNoZombies(second);
    await checkpoint(second);
    await using third = await startCrik(options);
    await proveContinuity(second.stdout, third.stdout);
    await expectNoZombies(third);
  });
});

/** One that has ended this very moment is not yet a leak; one that is still there a second later is. */
async function expectNoZombies(box: Container): Promise<void> {
  await box.stdout.waitForLine(/^TICK /);
  await sleep(600);
  const seen = await zombies(box);
  await sleep(300);
  const still = await zombies(box);
  expect(still.filter((pid) => seen.includes(pid))).toEqual([]);
}

async function zombies(box: Container): Promise<readonly string[]> {
  const { stdout } = await box.exec(["ps", "-e", "-o", "pid=,stat="]);
  return stdout.split("\n").flatMap((line) => /^\s*(\d+) Z/.exec(line)?.[1] ?? []);
}
