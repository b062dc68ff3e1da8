import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@crik/checkpoint-store";
import { describe, expect, it, onTestFinished } from "vitest";
import { WrapperError } from "../src/index.ts";
import { wrapperFor } from "./harness.ts";

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
