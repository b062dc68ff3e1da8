import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readLines } from "../harness/lines.ts";
import { startCluster } from "./harness/cluster.ts";
import { describeOwnCluster, ownPart } from "./harness/shared-cluster.ts";
import { remainsOf, snapshotMachine } from "./harness/snapshot.ts";
import { waitFor } from "./harness/wait.ts";

const command = fileURLToPath(new URL("up.ts", import.meta.url));

/** `pnpm cluster`, of which this test knows nothing but what it prints. */
async function up() {
  const { KUBECONFIG: _, ...environment } = process.env;
  const child = spawn(process.execPath, [command, "--bare"], {
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [, kubeconfig = ""] = await readLines(child.stdout, "pnpm cluster").waitForLine(/KUBECONFIG=(.*)/, 120_000);
  return { child, ended, runName: basename(dirname(dirname(kubeconfig))) };
}

describeOwnCluster("a cluster of one's own", () => {
  it("loses a node whose power fails, and keeps the other", async () => {
    await using cluster = await startCluster();
    const [kept, lost] = ownPart(cluster).nodes;
    await lost.kill();
    const ready = async (name: string) => {
      const condition = '{.status.conditions[?(@.type=="Ready")].status}';
      return (await cluster.kubectl(["get", `node/${name}`, "-o", `jsonpath=${condition}`])).stdout;
    };
    // Nobody says anything: the node controller misses its lease.
    await waitFor(async () => (await ready(lost.name)) === "Unknown", { what: `${lost.name} to be missed` });
    expect(await ready(kept.name)).toBe("True");
    expect((await kept.exec(["hostname"])).stdout).toBe(`${kept.name}\n`);
  });

  it("leaves nothing behind when it is told to end", async () => {
    const before = await snapshotMachine();
    const { child, ended, runName } = await up();
    // So that finding nothing below means something.
    expect((await remainsOf(runName)).length).toBeGreaterThan(20);
    expect(await snapshotMachine()).toEqual(before);
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    await waitFor(async () => (await remainsOf(runName)).length === 0, { what: "the run's folder to go" });
    expect(await snapshotMachine()).toEqual(before);
  });

  it("leaves nothing behind when its process is killed", async () => {
    const before = await snapshotMachine();
    const { child, ended, runName } = await up();
    child.kill("SIGKILL");
    await ended;
    await waitFor(async () => (await remainsOf(runName)).length === 0, {
      what: `what is left of it to go: ${(await remainsOf(runName)).join("\n")}`,
      timeoutMs: 30_000,
    });
    expect(await snapshotMachine()).toEqual(before);
  });

  it("leaves nothing behind when its process is killed while it comes up", async () => {
    const before = await snapshotMachine();
    const { KUBECONFIG: _, ...environment } = process.env;
    const child = spawn(process.execPath, [command, "--bare"], { env: environment, stdio: "ignore" });
    const ended = once(child, "exit");
    const runs = `${process.env["HOME"]}/.cache/crik/runs`;
    const mine = async () => (await readdir(runs)).find((name) => name.startsWith(`${child.pid}-`));
    const runName = await waitFor(mine, { what: "its folder", intervalMs: 20 });
    await waitFor(async () => (await remainsOf(runName)).length > 5, { what: "its first processes", intervalMs: 20 });
    child.kill("SIGKILL");
    await ended;
    await waitFor(async () => (await remainsOf(runName)).length === 0, {
      what: "what is left to go",
      timeoutMs: 30_000,
    });
    expect(await snapshotMachine()).toEqual(before);
  });
});
