import { expect, it } from "vitest";
import { type BareOptions, dumpBare, restoreBare, startBare } from "./harness/bare-criu.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const cases: readonly { readonly name: string; readonly options: Omit<BareOptions, "imageDirectory" | "command"> }[] = [
  { name: "privileged, runc", options: { rootfs: "busybox" } },
  { name: "privileged, crun", options: { rootfs: "busybox", runtime: "crun" } },
  {
    name: "with the default capabilities and CHECKPOINT_RESTORE, runc",
    options: { rootfs: "busybox", capabilities: "default+cr", unprivileged: true },
  },
  {
    name: "with the default capabilities and CHECKPOINT_RESTORE, crun",
    options: { rootfs: "busybox", capabilities: "default+cr", unprivileged: true, runtime: "crun" },
  },
];

/** Proves the harness and CRIU without crik; its times are what crik is compared with. */
describeContainers("CRIU by hand", () => {
  it.each(cases)("moves a shell counter to another container: $name", async ({ options }) => {
    await using volume = await makeVolume();
    const bare: BareOptions = { ...options, command: ["/programs/counter.sh"], imageDirectory: volume.path };
    await using first = await startBare(bare);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    const checkpoint = await dumpBare(first, bare);
    await using second = await restoreBare(bare, checkpoint);
    await proveContinuity(first.stdout, second.stdout);
    await second.stdout.waitForLineAfter(5, /^TICK /);
    expect(checkpoint.goneMs).toBeLessThan(10_000);
  });
});
