import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckpointFacts, type CheckpointStore, openStore } from "@crik/checkpoint-store";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultPolicy, type WrapperOutcome } from "../src/index.ts";
import { wrapperFor } from "./harness.ts";

const facts: CheckpointFacts = {
  command: ["true"],
  rootPid: 1001,
  pids: [1001],
  stdio: ["/dev/null", "/dev/null", "/dev/null"],
  versions: { crik: "0.0.0", criu: "4.2.1", kernel: "6.18.0" },
  architecture: "x64",
  cpuFeatures: [],
  initDigest: "",
  bootId: "",
  monotonicMs: 0,
  mode: "privileged",
  hostname: "web-0",
  reason: "stop signal",
  cgroupFiles: [],
};

/** An image directory with as many checkpoints, and a store for the container that looks at it next. */
async function storeWith(count: number): Promise<CheckpointStore> {
  const directory = mkdtempSync(join(tmpdir(), "crik-wrapper-search-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const maker = await openStore({ directory, claimant: "maker" });
  for (let made = 0; made < count; made++) {
    const staged = await maker.stage();
    writeFileSync(join(staged.imageDirectory, "inventory.img"), "");
    await staged.commit(facts);
  }
  return openStore({ directory, claimant: "me" });
}

async function start(
  store: CheckpointStore,
  ifRestoreFails: "previous" | "start-fresh" | "fail",
): Promise<{ readonly outcome: WrapperOutcome; readonly log: readonly string[]; readonly left: readonly string[] }> {
  const { wrapper, log } = wrapperFor({ command: ["true"], store, policy: { ...defaultPolicy, ifRestoreFails } });
  const outcome = await wrapper.run();
  const left = readdirSync(store.directory).filter((name) => /^\d/.test(name));
  return { outcome, log, left: left.toSorted() };
}

describe("a container that finds no checkpoint to restore", () => {
  it("warns when the newest was consumed and may never have run", async () => {
    const store = await storeWith(1);
    const claim = await store.claim();
    if (claim.kind === "claimed") await claim.checkpoint.consume();
    const { outcome, log, left } = await start(store, "start-fresh");
    expect(outcome).toMatchObject({ kind: "task-exited" });
    expect(log.join("\n")).toMatch(/generation 1 was consumed by me and may never have run/);
    expect(left).toEqual(["000001.consumed.me"]);
  });

  it("does not warn when it has run", async () => {
    const store = await storeWith(1);
    const claim = await store.claim();
    if (claim.kind === "claimed") {
      await claim.checkpoint.consume();
      await claim.checkpoint.markResumed();
    }
    const { log } = await start(store, "start-fresh");
    expect(log.join("\n")).not.toMatch(/may never have run/);
  });

  it("names what is damaged, and goes back behind it only when that is configured", async () => {
    const store = await storeWith(2);
    rmSync(join(store.directory, "000002.complete", "checkpoint.json"));
    const { outcome, log, left } = await start(store, "start-fresh");
    expect(outcome).toMatchObject({ kind: "task-exited" });
    expect(log.join("\n")).toMatch(
      /a checkpoint cannot be restored and was put into quarantine: .*checkpoint\.json is missing/,
    );
    expect(left).toEqual(["000001.quarantined", "000002.quarantined"]);
  });

  it("fails at every start until somebody has looked, when that is configured", async () => {
    const store = await storeWith(2);
    rmSync(join(store.directory, "000002.complete", "checkpoint.json"));
    for (let attempt = 0; attempt < 2; attempt++) {
      const { outcome, left } = await start(store, "fail");
      expect(outcome).toMatchObject({
        kind: "failed",
        because: "search-failed",
        error: { code: "ERR_WRAPPER_QUARANTINED" },
      });
      expect(left).toEqual(["000001.complete", "000002.quarantined"]);
    }
  });
});
