import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { waitForFreePids } from "./free-pids.ts";

const never = new AbortController().signal;

function waiting(waitMs: number, signal: AbortSignal = never) {
  const told: string[] = [];
  const log = { info() {}, warn: (_fields: object, message: string): void => void told.push(message), error() {} };
  return { told, options: { waitMs, signal, log } };
}

async function started(command: string): Promise<{ readonly pid: number; readonly ended: Promise<unknown> }> {
  const child = spawn("sh", ["-c", command], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  return { pid: child.pid ?? 0, ended: once(child, "exit") };
}

describe("pids that a checkpoint needs", () => {
  it("are not waited for when nobody has them", async () => {
    const { pid, ended } = await started("exit 0");
    await ended;
    const { told, options } = waiting(0);
    await waitForFreePids([pid], options);
    expect(told).toEqual([]);
  });

  it("are waited for until the process that has one ends, which is told once and by its name", async () => {
    const { pid, ended } = await started("exec sleep 0.3");
    let over = false;
    void ended.then(() => {
      over = true;
    });
    const { told, options } = waiting(20_000);
    await waitForFreePids([pid + 1_000_000, pid], options);
    expect(over).toBe(true);
    expect(told).toEqual([expect.stringMatching(new RegExp(`pid ${pid}, .*\\((sleep|sh)\\)`))]);
  });

  it("are waited for as long as a process group has one, though its leader has ended", async () => {
    const { pid, ended } = await started("sleep 0.5 & exit 0");
    await ended;
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    const { told, options } = waiting(20_000);
    await waitForFreePids([pid], options);
    expect(told).toHaveLength(1);
    expect(() => process.kill(-pid, 0)).toThrow("ESRCH");
  });

  it("are given up after a time, with an error that says who has one", async () => {
    const { pid, ended } = await started("exec sleep 60");
    try {
      await expect(waitForFreePids([pid], waiting(50).options)).rejects.toMatchObject({
        code: "ERR_WRAPPER_PIDS",
        message: expect.stringContaining(String(pid)),
      });
    } finally {
      process.kill(pid, "SIGKILL");
      await ended;
    }
  });

  it("are waited for no longer when the restore is cancelled", async () => {
    const cancelling = new AbortController();
    const waited = waitForFreePids([process.pid], waiting(20_000, cancelling.signal).options);
    cancelling.abort(new Error("a stop was asked for"));
    await expect(waited).rejects.toThrow("a stop was asked for");
  });
});
