import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import type { CapabilityProfile } from "./harness/capabilities.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { checkpoint, startCrik } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

/** Holds a file of its own cgroup open, as a runtime that watches its memory limit does; the file's path has the container's id in it. */
const watcher = `
  echo "START $$"
  read -r nonce </proc/sys/kernel/random/uuid
  own=$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)
  exec 5<"/sys/fs/cgroup/memory$own/memory.limit_in_bytes"
  n=0
  while :; do n=$((n + 1)); echo "TICK $nonce $n"; echo "OPEN $(readlink /proc/$$/fd/5)"; sleep 0.1; done`;

const modes: readonly { readonly mode: string; readonly capabilities: CapabilityProfile }[] = [
  { mode: "privileged", capabilities: "privileged" },
  { mode: "with the default capabilities and CHECKPOINT_RESTORE", capabilities: "default+cr" },
];

// On a machine with cgroup v2 alone the memory controller lies elsewhere; the mapping of its paths is tested without a container.
const memory = "/sys/fs/cgroup/memory/memory.limit_in_bytes";

describeContainers("an open file of the container's cgroup", () => {
  it.runIf(existsSync(memory)).each(modes)(
    "is the next container's after the restore, $mode",
    async ({ capabilities }) => {
      await using volume = await makeVolume();
      const mounts = [{ from: "/sys/fs/cgroup/memory", to: "/sys/fs/cgroup/memory", readonly: true }];
      const options = { rootfs: "busybox", command: ["sh", "-c", watcher], capabilities, volume, mounts } as const;
      await using first = await startCrik(options);
      await first.stdout.waitForLine(new RegExp(`^OPEN /sys/fs/cgroup/memory/.*${first.id}`));
      await first.stdout.waitForLine(/^TICK \S+ 3$/);
      await checkpoint(first);

      await using second = await startCrik(options);
      await proveContinuity(first.stdout, second.stdout);
      const [, path] = await second.stdout.waitForLine(/^OPEN (.*)$/);
      expect(path).toMatch(new RegExp(`/${second.id}/memory.limit_in_bytes$`));
    },
  );
});
