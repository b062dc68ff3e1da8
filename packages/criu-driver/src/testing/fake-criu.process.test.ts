import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeCriu } from "./fake-criu.ts";

let imageDirectory: string;
beforeEach(() => {
  imageDirectory = mkdtempSync(join(tmpdir(), "fake-criu-"));
});
afterEach(() => rmSync(imageDirectory, { recursive: true, force: true }));

describe("the fake CRIU", () => {
  it("plays dumps and restores in their order, and remembers what it was asked", async () => {
    const criu = createFakeCriu({
      dump: [
        { kind: "success", frozenMs: 12, images: { "inventory.img": "x" } },
        { kind: "failure", headline: "the disk is full" },
      ],
      restore: [{ kind: "success", pid: 9001, keeperPid: 77 }],
    });
    const seen: string[] = [];
    const dumped = await criu.dump({
      pid: 9001,
      imageDirectory,
      whenFrozen: async () => void seen.push(readFileSync(join(imageDirectory, "inventory.img"), "utf8")),
    });
    expect([dumped.frozenMs, seen]).toEqual([12, ["x"]]);
    await expect(criu.dump({ pid: 9001, imageDirectory })).rejects.toMatchObject({
      code: "ERR_CRIU_DUMP",
      message: "dump of a fake CRIU failed: the disk is full",
      task: "running",
    });
    const { task } = await criu.restore({ imageDirectory });
    expect(task).toMatchObject({ pid: 9001, keeperPid: 77 });
    expect(criu.calls.map(({ operation }) => operation)).toEqual(["dump", "dump", "restore"]);
    await expect(criu.restore({ imageDirectory })).rejects.toThrow("restore number 2");
  });

  it("has tasks that take signals and end when they are told to", async () => {
    const criu = createFakeCriu({ restore: [{ kind: "success", pid: 5 }] });
    const { task } = await criu.restore({ imageDirectory });
    const exit = task.exited();
    expect(task.kill("SIGUSR1")).toBe(true);
    criu.tasks[0]?.end({ kind: "exited", code: 42 });
    expect(await exit).toEqual({ kind: "exited", code: 42 });
    expect(task.kill()).toBe(false);
    expect(criu.tasks[0]?.signals).toEqual(["SIGUSR1"]);
  });

  it("fails where it is told to, and refuses where the callback does", async () => {
    const criu = createFakeCriu({
      dump: [{ kind: "success" }, { kind: "failure", when: "after-hook" }, { kind: "success", delayMs: 60_000 }],
      restore: [{ kind: "failure", when: "after-resume", code: "ERR_CRIU_TIMEOUT" }],
    });
    const reason = new Error("no");
    const refused = criu.dump({ pid: 1, imageDirectory, whenFrozen: () => Promise.reject(reason) });
    await expect(refused).rejects.toMatchObject({ code: "ERR_CRIU_HOOK", cause: reason, hookAllowed: false });
    const late = criu.dump({ pid: 1, imageDirectory, whenFrozen: async () => {} });
    await expect(late).rejects.toMatchObject({ code: "ERR_CRIU_DUMP", hookAllowed: true });
    const signal = AbortSignal.timeout(10);
    await expect(criu.dump({ pid: 1, imageDirectory, signal })).rejects.toMatchObject({ code: "ERR_CRIU_ABORTED" });
    const restore = criu.restore({ imageDirectory, beforeResume: async () => {} });
    await expect(restore).rejects.toMatchObject({
      code: "ERR_CRIU_TIMEOUT",
      hookAllowed: true,
      resumed: true,
      task: "gone",
    });
  });

  it("refuses bad options as the real one does", async () => {
    const criu = createFakeCriu({ dump: [{ kind: "success" }] });
    await expect(criu.dump({ pid: -1, imageDirectory })).rejects.toMatchObject({ code: "ERR_CRIU_INVALID_OPTION" });
  });

  it("has a version and a report", async () => {
    expect(await createFakeCriu().version()).toEqual({ major: 4, minor: 2, sublevel: 1 });
    expect((await createFakeCriu().check()).ok).toBe(true);
  });
});
