import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { proveContinuity, ticksOf } from "./harness/continuity.ts";
import { checkpoint, startCrik, states } from "./harness/crik.ts";
import { killCriuAt, reached } from "./harness/kill-criu.ts";
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
    // Without waiting for a dead container to finish.
    await using second = await startCrik({ ...options, volume, config: { claimTimeout: "0s" } });
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

/** The kernel kills the largest process when memory is short, and that may be CRIU. */
describeContainers("CRIU that is killed", () => {
  it.each([0, 15, 30, 60])("%i ms into a dump leaves the application alive, to its SIGTERM", async (delayMs) => {
    await using volume = await makeVolume();
    await using box = await startCrik({ ...options, command: ["python3", "/programs/signals.py"], volume });
    await box.stdout.waitForLine(/^TICK \S+ 3$/);
    const killed = killCriuAt(box, reached(volume, "staging"), delayMs);
    box.signal("SIGTERM");
    const { code } = await box.exited;
    // It may not have begun yet, or be over already: then there is a checkpoint.
    if ((await killed) === 0) expect([code, await states(volume)]).toEqual([143, ["complete"]]);
    else if (code !== 143) expect([code, await states(volume)]).toEqual([0, []]);
    else expect(await states(volume)).toEqual(["complete"]);
  });

  it("between the commit and its end has the application ended here: it goes on from the checkpoint alone", async () => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...options, volume });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    const killed = killCriuAt(first, reached(volume, "complete"));
    await checkpoint(first);
    await killed;
    await using second = await startCrik({ ...options, volume });
    await proveContinuity(first.stdout, second.stdout);
  });

  it("between the consumption and the first instruction has run nothing of the checkpoint", async () => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...options, volume });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    const consumed = reached(volume, "consumed");
    await using second = await startCrik({ ...options, volume });
    await killCriuAt(second, consumed);
    const ran = await second.stdout.waitForLine(/^TICK /).then(
      () => true,
      () => false,
    );
    // Nothing of it has run, or all of it does: CRIU may have been quicker.
    if (ran) return proveContinuity(first.stdout, second.stdout);
    expect([(await second.exited).code, second.stdout.all, await states(volume)]).toEqual([125, [], ["complete"]]);
    await using third = await startCrik({ ...options, volume });
    await proveContinuity(first.stdout, third.stdout);
  });
});

/** Its init has not heard of it yet, so that crik has not either. */
describeContainers("an application that has ended in the moment of the freeze", () => {
  it("is not taken for one that can go on: there is no checkpoint, and its own status is the container's", async () => {
    await using volume = await makeVolume();
    const program = [
      "import os, signal, time",
      "def end(*_):",
      "  os.kill(os.getppid(), signal.SIGSTOP)",
      "  os._exit(7)",
      "signal.signal(signal.SIGUSR1, end)",
      "print('PIDS', os.getpid(), os.getppid(), flush=True)",
      "while True: time.sleep(1)",
    ];
    await using box = await startCrik({ ...options, command: ["python3", "-c", program.join("\n")], volume });
    const [, pid, init] = await box.stdout.waitForLine(/^PIDS (\d+) (\d+)$/);
    box.signal("SIGUSR1");
    await box.exec(["sh", "-c", `until grep -q "^State:.Z" /proc/${pid}/status; do :; done`]);
    box.signal("SIGTERM");
    await box.stderr.waitForLine(/no checkpoint: /);
    await box.exec(["sh", "-c", `kill -CONT ${init}`]);
    expect([(await box.exited).code, await states(volume)]).toEqual([7, []]);
  });
});
