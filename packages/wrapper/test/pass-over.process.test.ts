import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@crik/checkpoint-store";
import { nativePrograms } from "@crik/init";
import { expect, it, onTestFinished } from "vitest";
import { defaultPolicy } from "../src/index.ts";
import { surroundings } from "../src/restore/surroundings.ts";
import { criuThatDiesAfterTheCommit, wrapperFor } from "./harness.ts";

const command = ["sleep", "60"] as const;

it("a checkpoint that another container commits beside an application that was started afresh is set apart, and its own is not", async () => {
  const directory = mkdtempSync(join(tmpdir(), "crik-wrapper-pass-over-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const generations = (): readonly string[] => readdirSync(directory).filter((name) => /^\d/.test(name));
  const older = await (await openStore({ directory, claimant: "older" })).stage();
  const { wrapper, signals, reached } = wrapperFor({
    command,
    store: await openStore({ directory, claimant: "me" }),
    policy: { ...defaultPolicy, ifClaimed: "start-fresh" },
    // It sees that the other one lives, and waits for it no longer.
    settings: { claimTimeoutMs: 3_000, carryWritableLayer: false },
    criu: criuThatDiesAfterTheCommit(),
  });
  const ended = wrapper.run();
  await reached("running");
  expect(generations()).toEqual(["000001.staging.older"]);
  const { init } = nativePrograms();
  writeFileSync(join(older.imageDirectory, "inventory.img"), "");
  await older.commit({
    ...surroundings({ command, init, mode: "privileged", capabilities: 0n, versions: { crik: "0.0.0" } }),
    rootPid: 1001,
    pids: [1001],
    stdio: ["/dev/null", "/dev/null", "/dev/null"],
    versions: { crik: "0.0.0", criu: "4.2.1", kernel: "6.18.0" },
    hostname: "web-0",
    reason: "stop signal",
    cgroupFiles: [],
  });
  await expect.poll(generations, { timeout: 20_000 }).toEqual(["000001.quarantined"]);
  signals.emit("SIGTERM", "SIGTERM");
  await ended;
  expect(generations()).toContain("000002.complete");
});
