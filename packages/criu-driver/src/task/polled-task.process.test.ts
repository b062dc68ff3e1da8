import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { polledTask } from "./polled-task.ts";

const parents: ChildProcess[] = [];
afterEach(() => {
  for (const parent of parents.splice(0)) parent.kill("SIGKILL");
});

/** Starts a process whose parent never waits for it: what a restored task without a keeper is. */
async function unreaped(program: string): Promise<number> {
  const parent = spawn("sh", ["-c", `${program} & echo $!; exec sleep 1000`], { stdio: ["ignore", "pipe", "ignore"] });
  parents.push(parent);
  const [text] = await once(parent.stdout ?? parent, "data");
  return Number(String(text));
}

describe("a restored task without a keeper", () => {
  it("tells its exit status although this process did not spawn it", async () => {
    const task = polledTask(await unreaped("(sleep 0.1; exit 42)"));
    const exits = await Promise.all([task.exited(), task.exited()]);
    expect(exits).toEqual([
      { kind: "exited", code: 42 },
      { kind: "exited", code: 42 },
    ]);
    expect(task.kill()).toBe(false);
  });

  it("tells the signal that ended it", async () => {
    const task = polledTask(await unreaped("sleep 1000"));
    expect(task.kill("SIGTERM")).toBe(true);
    expect(await task.exited()).toEqual({ kind: "signaled", signal: "SIGTERM" });
  });

  it("can be waited for until a signal aborts, which leaves it alone", async () => {
    const task = polledTask(await unreaped("sleep 1000"));
    await expect(task.exited({ signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ code: "ERR_CRIU_ABORTED" });
    expect(task.kill()).toBe(true);
  });

  it("is lost when somebody else reaps it", async () => {
    const child = spawn("true", { stdio: "ignore" });
    const task = polledTask(child.pid ?? 0);
    await once(child, "exit");
    await expect(task.exited()).rejects.toMatchObject({ code: "ERR_CRIU_TASK_LOST" });
  });
});
