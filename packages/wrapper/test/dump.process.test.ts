import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@crik/checkpoint-store";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultPolicy, WrapperError } from "../src/index.ts";
import { criuThatDiesAfterTheCommit, wrapperFor } from "./harness.ts";

describe("a dump of a tree that changes while it begins", () => {
  it("begins anew four times, says so, and then leaves the application its signal", async () => {
    const directory = mkdtempSync(join(tmpdir(), "crik-wrapper-dump-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    let dumps = 0;
    const begun: number[] = [];
    const dump = (): Promise<never> => {
      dumps += 1;
      begun.push(
        ...readdirSync(directory).flatMap((name) => (name.includes("staging") ? [Number.parseInt(name, 10)] : [])),
      );
      const changed = new WrapperError("ERR_WRAPPER_TREE_CHANGED", "a process left the tree");
      return Promise.reject(new Error("the hook refused", { cause: changed }));
    };
    const { wrapper, signals, log, reached } = wrapperFor({
      command: ["sleep", "60"],
      store: await openStore({ directory, claimant: "me" }),
      criu: { dump, restore: () => Promise.reject(new Error("nothing to restore")) },
    });
    const ended = wrapper.run();
    await reached("running");
    signals.emit("SIGTERM", "SIGTERM");
    expect(await ended).toMatchObject({ kind: "task-exited", exit: { kind: "signaled", signal: "SIGTERM" } });
    expect(dumps).toBe(5);
    // Each is begun before the one before it is removed: a container that looks for a checkpoint always sees that one is being made.
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    expect(readdirSync(directory).filter((name) => /^\d/.test(name))).toEqual([]);
    expect(log.filter((line) => line.startsWith("the dump begins anew"))).toHaveLength(4);
    expect(log).toContain("no checkpoint: the dump failed, and the application gets its signal instead");
  });
});

describe("a dump of an application that opens a file while it begins", () => {
  it("carries that file along, also when only open ones are carried", async () => {
    // Not below /tmp, which may be a file system of its own, as no folder of a container's writable layer is.
    const folder = mkdtempSync("/var/tmp/crik-wrapper-dump-");
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [late, go, directory] = [join(folder, "late"), join(folder, "go"), join(folder, "images")];
    const { wrapper, signals, reached } = wrapperFor({
      command: ["sh", "-c", `while [ ! -e ${go} ]; do sleep 0.01; done; exec 3>${late}; echo x >&3; sleep 60; :`],
      store: await openStore({ directory, claimant: "me" }),
      settings: { carryWritableLayer: false },
      criu: criuThatDiesAfterTheCommit({
        whileItStarts: async () => {
          writeFileSync(go, "");
          await expect.poll(() => existsSync(late)).toBe(true);
        },
      }),
    });
    const ended = wrapper.run();
    await reached("running");
    signals.emit("SIGTERM", "SIGTERM");
    await ended;
    expect(readFileSync(join(directory, "000001.complete/files.json"), "utf8")).toContain(late);
  });
});

describe("the record of a checkpoint", () => {
  it.each([
    [{ checkpointOn: "node-shutting-down" }, "its node is shutting down: cordoned"],
    [{ checkpointOn: "always" }, "as configured"],
  ] as const)("says why it was made, as the log does (%o)", async (policy, reason) => {
    const directory = mkdtempSync(join(tmpdir(), "crik-wrapper-dump-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const store = await openStore({ directory, claimant: "me" });
    const { wrapper, signals, reached } = wrapperFor({
      command: ["sleep", "60"],
      store,
      policy: { ...defaultPolicy, ...policy },
      nodeState: { node: "n1", reader: { read: async () => ({ state: "shutting-down", reason: "cordoned" }) } },
      settings: { carryWritableLayer: false },
      criu: criuThatDiesAfterTheCommit(),
    });
    const ended = wrapper.run();
    await reached("running");
    signals.emit("SIGTERM", "SIGTERM");
    await ended;
    expect((await store.list()).map(({ manifest }) => manifest?.reason)).toEqual([reason]);
  });
});
