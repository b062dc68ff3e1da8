import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { cacheDirectory } from "../harness/cache.ts";
import { readLines } from "../harness/lines.ts";
import { nodeReadiness } from "./cases/node-readiness.ts";
import { startCluster } from "./harness/cluster.ts";
import { describeOwnCluster, ownPart } from "./harness/shared-cluster.ts";
import { remainsOf, snapshotMachine } from "./harness/snapshot.ts";
import { waitFor } from "./harness/wait.ts";

const command = fileURLToPath(new URL("up.ts", import.meta.url));

/** `pnpm cluster`, of which these tests know nothing but what it prints and where it keeps its files. */
function up() {
  const child = spawn(process.execPath, [command, "--bare"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const ready = readLines(child.stdout, "pnpm cluster").waitForLine(/KUBECONFIG=(.*)/, 120_000);
  // A test that ends it sooner does not ask.
  ready.catch(() => {});
  return {
    child,
    ended,
    ready,
    runName: () =>
      waitFor(
        async () => (await readdir(join(cacheDirectory, "runs"))).find((name) => name.startsWith(`${child.pid}-`)),
        { what: "the folder of the run", intervalMs: 20 },
      ),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Waits until nothing is left of a run; if something stays, the error tells what. */
async function proveGone(runName: string): Promise<void> {
  await expect.poll(() => remainsOf(runName), { timeout: 60_000, interval: 100 }).toEqual([]);
}

describeOwnCluster("a cluster of one's own", () => {
  it("loses a node whose power fails, and keeps the other", async () => {
    await using cluster = await startCluster();
    const [kept, lost] = ownPart(cluster).nodes;
    await lost.kill();
    const ready = async (name: string) => (await nodeReadiness(cluster, name)).status;
    // Nobody says anything: the node controller misses its lease.
    await waitFor(async () => (await ready(lost.name)) === "Unknown", { what: `${lost.name} to be missed` });
    expect(await ready(kept.name)).toBe("True");
    expect((await kept.exec(["hostname"])).stdout).toBe(`${kept.name}\n`);
  });

  it("leaves nothing behind when it is told to end", async () => {
    const before = await snapshotMachine();
    await using cluster = up();
    await cluster.ready;
    const runName = await cluster.runName();
    // So that finding nothing below means something.
    expect((await remainsOf(runName)).length).toBeGreaterThan(20);
    expect(await snapshotMachine()).toEqual(before);
    cluster.child.kill("SIGINT");
    expect(await cluster.ended).toEqual([0, null]);
    await proveGone(runName);
    expect(await snapshotMachine()).toEqual(before);
  });

  it("leaves nothing behind when its process is killed", async () => {
    const before = await snapshotMachine();
    await using cluster = up();
    await cluster.ready;
    const runName = await cluster.runName();
    cluster.child.kill("SIGKILL");
    await cluster.ended;
    await proveGone(runName);
    expect(await snapshotMachine()).toEqual(before);
  });

  it("leaves nothing behind when its process is killed while it comes up", async () => {
    const before = await snapshotMachine();
    await using cluster = up();
    const runName = await cluster.runName();
    await waitFor(async () => (await remainsOf(runName)).length > 5, { what: "its first processes", intervalMs: 20 });
    cluster.child.kill("SIGKILL");
    await cluster.ended;
    await proveGone(runName);
    expect(await snapshotMachine()).toEqual(before);
  });
});
