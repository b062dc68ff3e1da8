import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { CapabilityProfile } from "./harness/capabilities.ts";
import type { Container } from "./harness/container.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { type CrikContainer, checkpoint, startCrik } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const modes: readonly { readonly mode: string; readonly capabilities: CapabilityProfile }[] = [
  { mode: "privileged", capabilities: "privileged" },
  { mode: "with the default capabilities and CHECKPOINT_RESTORE", capabilities: "default+cr" },
];

describeContainers("orphans", () => {
  it.each(modes)("are reaped and restored, generation after generation, $mode", async ({ capabilities }) => {
    await using volume = await makeVolume();
    await using boxes = new AsyncDisposableStack();
    // Old ones and new ones, of the first start and of every later moment: some live, some end while CRIU looks.
    const many = "i=0; while [ $i -lt 30 ]; do (sleep 0.1 &) ; i=$((i + 1)); done";
    const always = "while :; do (sleep 0.2 &); sleep 0.05; done &";
    const command = ["sh", "-c", `(sleep 1000 &); ${always} ${many}; exec /programs/counter.sh`] as const;
    let previous: CrikContainer | undefined;
    for (let generation = 0; generation <= 4; generation++) {
      const box = boxes.use(await startCrik({ rootfs: "debian", command, capabilities, volume }));
      if (previous !== undefined) await proveContinuity(previous.stdout, box.stdout);
      await expectNoZombies(box);
      if (generation < 4) await checkpoint(box);
      previous = box;
    }
  });

  it.each(modes)("are not what was forked before its parent led a session, $mode", async ({ capabilities }) => {
    await using volume = await makeVolume();
    const program = [
      "import os, time, uuid",
      "if os.fork() == 0:",
      "  if os.fork() != 0: os.setsid()",
      "  while True: time.sleep(1)",
      "nonce, number = uuid.uuid4(), 0",
      "while True: number += 1; print('TICK', nonce, number, flush=True); time.sleep(0.05)",
    ];
    const command = ["python3", "-c", program.join("\n")] as const;
    await using first = await startCrik({ rootfs: "debian", command, capabilities, volume });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik({ rootfs: "debian", command, capabilities, volume });
    await proveContinuity(first.stdout, second.stdout);
  });
});

/** One that has ended this very moment is not yet a leak; one that is still there a moment later is. */
async function expectNoZombies(box: Container): Promise<void> {
  await box.stdout.waitForLine(/^TICK /);
  await sleep(200);
  const seen = await zombies(box);
  await sleep(300);
  const still = await zombies(box);
  expect(still.filter((pid) => seen.includes(pid))).toEqual([]);
}

async function zombies(box: Container): Promise<readonly string[]> {
  const { stdout } = await box.exec(["ps", "-e", "-o", "pid=,stat="]);
  return stdout.split("\n").flatMap((line) => /^\s*(\d+) Z/.exec(line)?.[1] ?? []);
}
