import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { proveContinuity, ticksOf } from "./harness/continuity.ts";
import { checkpoint, startCrik } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import type { StdioKind } from "./harness/stdio.ts";
import { makeVolume } from "./harness/volume.ts";

const kinds: readonly { readonly from: StdioKind; readonly to: StdioKind }[] = [
  { from: "pipe", to: "pipe" },
  { from: "file", to: "file" },
  { from: "tty", to: "tty" },
  { from: "pipe", to: "file" },
];

describeContainers("the application's output", () => {
  it.each(kinds)("goes on into the next container's: from a $from to a $to", async ({ from, to }) => {
    await using volume = await makeVolume();
    const options = { rootfs: "busybox", command: ["/programs/counter.sh"], volume } as const;
    await using first = await startCrik({ ...options, stdio: from });
    await first.stdout.waitForLine(/^TICK \S+ 4$/);
    await checkpoint(first);
    await using second = await startCrik({ ...options, stdio: to });
    await proveContinuity(first.stdout, second.stdout);
    await second.stdout.waitForLineAfter(6, /^TICK /);
  });

  it("goes on in a file of the container's own, to which the application has redirected it", async () => {
    await using volume = await makeVolume();
    const command = ["sh", "-c", "echo UP; exec /programs/counter.sh >/tmp/output.log"] as const;
    const options = { rootfs: "busybox", command, volume } as const;
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^UP$/);
    await expect.poll(() => readTicks(first.livePath("/tmp/output.log"))).toBeGreaterThan(3);
    await checkpoint(first);
    await using second = await startCrik(options);
    await expect.poll(() => readTicks(second.livePath("/tmp/output.log")).catch(() => 0)).toBeGreaterThan(12);
    const log = await readFile(second.livePath("/tmp/output.log"), "utf8");
    const ticks = ticksOf(log.split("\n"));
    expect(ticks.map(({ number }) => number)).toEqual(ticks.map((_, index) => index + 1));
    expect(second.stdout.all).not.toContain("UP");
  });

  it("goes on in a file of a volume", async () => {
    await using volume = await makeVolume();
    await using data = await makeVolume();
    const command = ["sh", "-c", "exec /programs/counter.sh >>/data/output.log 2>&1"] as const;
    const mounts = [{ from: data.path, to: "/data" }];
    const log = join(data.path, "output.log");
    await using first = await startCrik({ rootfs: "busybox", command, volume, mounts });
    await expect.poll(() => readTicks(log).catch(() => 0)).toBeGreaterThan(3);
    await checkpoint(first);
    const before = await readTicks(log);
    await using _second = await startCrik({ rootfs: "busybox", command, volume, mounts });
    await expect.poll(() => readTicks(log)).toBeGreaterThan(before + 5);
    const ticks = ticksOf((await readFile(log, "utf8")).split("\n"));
    expect(ticks.map(({ number }) => number)).toEqual(ticks.map((_, index) => index + 1));
  });

  it("matters to nobody when it is only crik's that nobody reads any more", async () => {
    await using volume = await makeVolume();
    const options = { rootfs: "debian", command: ["/programs/counter.sh"], volume } as const;
    const noReader =
      "import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 2); os.execv(sys.argv[1], sys.argv[1:])";
    await using first = await startCrik({ ...options, under: ["python3", "-c", noReader] });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik(options);
    await proveContinuity(first.stdout, second.stdout);
  });
});

async function readTicks(path: string): Promise<number> {
  return ticksOf((await readFile(path, "utf8")).split("\n")).length;
}
