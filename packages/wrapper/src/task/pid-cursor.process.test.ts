import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { nativePrograms } from "@crik/init";
import { describe, expect, it } from "vitest";

const max = Number(readFileSync("/proc/sys/kernel/pid_max", "utf8"));

/** Raises the cursor in a pid namespace of its own, from where `last` is the pid that was handed out last. Resolves with the pid that comes next then. */
async function raised(last: number, taken: readonly number[]): Promise<number> {
  const script = `
    import { readFileSync } from "node:fs";
    import { raisePidCursor } from ${JSON.stringify(new URL("pid-cursor.ts", import.meta.url))};
    await raisePidCursor(${JSON.stringify(nativePrograms().init)}, ${JSON.stringify(taken)});
    process.stdout.write(readFileSync("/proc/sys/kernel/ns_last_pid", "utf8"));
  `;
  const { stdout } = await promisify(execFile)("unshare", [
    ...["--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c"],
    // A namespace has a largest pid of its own since Linux 6.14; before, this writes what is there.
    `echo ${max} > /proc/sys/kernel/pid_max; echo ${last} > /proc/sys/kernel/ns_last_pid; exec "$0" "$@"`,
    ...[process.execPath, "--input-type=module", "--eval", script],
  ]);
  return Number(stdout) + 1;
}

describe("the pid cursor", () => {
  it("goes above the pids of a container's first processes", async () => {
    expect(await raised(1, [])).toBe(1000);
  });

  it("goes above the pids that a checkpoint needs, and CRIU's helpers may get", async () => {
    expect(await raised(1, [1000, 1001])).toBe(1006);
  });

  // So it is in a pid namespace that is not the container's alone, every so often: all pids are used in turn.
  it("stays near the largest pid for an application that is started afresh", async () => {
    expect(await raised(max - 100, [])).toBeGreaterThan(max - 100);
  });

  it("goes into the next round when what comes there is needed", async () => {
    expect(await raised(max - 100, [310])).toBe(1000);
  });
});
