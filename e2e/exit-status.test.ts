import { constants } from "node:os";
import { expect, it } from "vitest";
import { checkpoint, startCrik } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume, type Volume } from "./harness/volume.ts";

/** How the application ends, and what Kubernetes is to see. */
const endings: readonly { readonly how: string; readonly code: number }[] = [
  { how: "0", code: 0 },
  { how: "1", code: 1 },
  { how: "42", code: 42 },
  { how: "143", code: 143 },
  { how: "255", code: 255 },
  { how: "SIGKILL", code: 128 + constants.signals.SIGKILL },
  { how: "SIGSEGV", code: 128 + constants.signals.SIGSEGV },
  { how: "SIGABRT", code: 128 + constants.signals.SIGABRT },
  { how: "SIGTERM", code: 128 + constants.signals.SIGTERM },
];

describeContainers("the exit status of the application is the container's", () => {
  it.each(endings)("started fresh: $how", async ({ how, code }) => {
    await using volume = await makeVolume();
    await using box = await startCrik(options(volume, how));
    await box.stdout.waitForLine(/^TICK \S+ 3$/);
    box.signal("SIGUSR1");
    expect((await box.exited).code).toBe(code);
  });

  it.each(endings)("restored: $how", async ({ how, code }) => {
    await using volume = await makeVolume();
    await using first = await startCrik(options(volume, how));
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik(options(volume, how));
    await second.stdout.waitForLine(/^TICK /);
    second.signal("SIGUSR1");
    expect((await second.exited).code).toBe(code);
  });

  it.each([
    { name: "a program that is not there", command: ["/no/such/program"], code: 127 },
    { name: "a program that is not executable", command: ["/etc/passwd"], code: 126 },
    { name: "a program that ends at once", command: ["sh", "-c", "exit 7"], code: 7 },
  ] as const)("$name", async ({ command, code }) => {
    await using volume = await makeVolume();
    await using box = await startCrik({ rootfs: "busybox", command, volume });
    expect((await box.exited).code).toBe(code);
  });

  it("a command line that crik does not understand", async () => {
    await using volume = await makeVolume();
    await using box = await startCrik({
      rootfs: "busybox",
      command: ["true"],
      volume,
      crikArguments: ["--no-such-option"],
    });
    expect((await box.exited).code).toBe(64);
  });

  it("a configuration with a mistake", async () => {
    await using volume = await makeVolume();
    const config = { gracePeriod: "soon" };
    await using box = await startCrik({ rootfs: "busybox", command: ["true"], volume, config });
    expect((await box.exited).code).toBe(78);
    expect(box.stderr.all.join("\n")).toMatch(/gracePeriod/);
  });
});

function options(volume: Volume, how: string) {
  return { rootfs: "debian", command: ["python3", "/programs/ends.py", how], volume } as const;
}
