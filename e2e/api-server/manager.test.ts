import { createNodeStateClient, type NodeStateWatchEvent } from "@crik/node-state/client";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";

import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import { createNodes, deleteNode, patchNode, setCondition, setUnschedulable } from "./harness/nodes.ts";
import { describeApiServer } from "./harness/platform.ts";
import { type ManagerProcess, startManagerProcess, until } from "./manager/manager-process.ts";
import { createManagerAccount, type ManagerAccount } from "./manager/service-account.ts";

const shutdown = {
  type: "Ready",
  status: "False",
  reason: "KubeletNotReady",
  message: "node is shutting down",
} as const;

describeApiServer("the manager with a real API server", () => {
  let server: ApiServer;
  let account: ManagerAccount;
  let manager: ManagerProcess;

  beforeAll(async () => {
    server = await startApiServer();
    account = await createManagerAccount(server);
    await createNodes(server, ["ready", "cordoned", "moving", "going", "returning"]);
    await setUnschedulable(server, "cordoned", true);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  beforeEach(async () => {
    manager = await startManagerProcess(server, { token: await account.token() });
    await manager.untilReady();
  });
  afterEach(() => manager?.[Symbol.asyncDispose]());

  it("knows all nodes after its first list", async () => {
    const { status, body } = await manager.get(`${manager.url}/v1/nodes`);
    expect(status).toBe(200);
    const { nodes } = JSON.parse(body) as { nodes: { name: string; state: string }[] };
    expect(nodes.map(({ name, state }) => [name, state])).toEqual([
      ["cordoned", "shutting-down"],
      ["going", "ready"],
      ["moving", "ready"],
      ["ready", "ready"],
      ["returning", "ready"],
    ]);
    expect((await manager.get(`${manager.url}/v1/nodes/nobody`)).status).toBe(404);
  });

  it("tells a watching client within 250 ms that a node shuts down, GET at once after, and that it has recovered", async () => {
    await using watcher = watch(manager, "moving");
    await until(async () => watcher.states.length === 1, 3000);
    const latencies: number[] = [];
    for (let round = 0; round < 5; round++) {
      for (const [condition, state] of [
        [shutdown, "shutting-down"],
        [
          { type: "Ready", status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" },
          "ready",
        ],
      ] as const) {
        const known = watcher.states.length;
        const patched = performance.now();
        await setCondition(server, "moving", condition);
        await until(async () => watcher.states.length > known, 3000);
        latencies.push((watcher.changedAt ?? Number.NaN) - patched);
        expect(watcher.states.at(-1)).toBe(state);
        expect(await manager.state("moving")).toBe(state);
      }
    }
    process.stderr.write(`    seen after ${latencies.map(Math.round).join(", ")} ms\n`);
    expect(Math.max(...latencies)).toBeLessThan(250);
    expect(watcher.lost).toBe(0);
  });

  it("forgets a deleted node, and takes nothing of it over to the next of its name", async () => {
    await setCondition(server, "returning", shutdown);
    await until(async () => (await manager.state("returning")) === "shutting-down", 3000);
    await using watcher = watch(manager, "returning");
    await until(async () => watcher.states.length === 1, 3000);
    await deleteNode(server, "returning");
    await until(async () => (await manager.state("returning")) === "404", 3000);
    await createNodes(server, ["returning"]);
    await until(async () => (await manager.state("returning")) === "ready", 3000);
    await until(async () => watcher.states.at(-1) === "ready", 3000);
    expect(watcher.states).toEqual(["shutting-down", "unknown", "ready"]);
  });

  it("says that a node goes away while its object waits for finalizers", async () => {
    await patchNode(server, "going", { metadata: { finalizers: ["example.com/hold"] } });
    await deleteNode(server, "going");
    await until(async () => (await manager.state("going")) === "shutting-down", 3000);
    await patchNode(server, "going", { metadata: { finalizers: null } });
    await until(async () => (await manager.state("going")) === "404", 3000);
  });

  it("works with what the chart grants, and says what is missing when that is taken away", async () => {
    await account.revoke();
    try {
      await using other = await startManagerProcess(server, { token: await account.token() });
      await until(async () => other.log.some(({ code }) => code === "ERR_API_HTTP"), 5000);
      const line = other.log.find(({ code }) => code === "ERR_API_HTTP");
      expect(line).toMatchObject({
        level: "warn",
        msg: "the API server is lost",
        hint: expect.stringContaining("the verbs get, list and watch on the resource nodes"),
      });
      const { status, body } = await other.get(`${other.probesUrl}/readyz`);
      expect(status).toBe(503);
      expect(body).toContain("cannot list resource");
      expect(await other.state("ready")).toBe("503");
      await account.grant();
      await other.untilReady(10_000);
      expect(await other.state("ready")).toBe("ready");
    } finally {
      await account.grant().catch(() => {});
    }
  });

  it("logs one line for a change, and no token", async () => {
    const changes = () => manager.log.filter(({ msg, node }) => msg === "node state changed" && node === "ready");
    await setUnschedulable(server, "ready", true);
    await until(async () => changes().length === 1, 3000);
    await setUnschedulable(server, "ready", false);
    await until(async () => changes().length === 2, 3000);
    expect(changes()).toMatchObject([
      { from: "ready", to: "shutting-down", sources: ["cordon"] },
      { from: "shutting-down", to: "ready", sources: [] },
    ]);
    expect(JSON.stringify(manager.log)).not.toMatch(/eyJ|Bearer/u);
  });

  it("measures what it does", async () => {
    await manager.state("ready");
    const { body } = await manager.get(`${manager.metricsUrl}/metrics`);
    for (const line of [
      'crik_nodes{state="ready"}',
      "crik_ready 1",
      "crik_lists_total 1",
      "crik_staleness_seconds ",
      'crik_http_request_duration_seconds_count{method="GET",route="/v1/nodes/:name",code="200"} 1',
      'crik_build_info{version="',
      "process_resident_memory_bytes ",
    ]) {
      expect(body).toContain(line);
    }
  });

  it("on SIGTERM is not ready at once, answers until the endpoints have forgotten it, and ends its watches", async () => {
    await using watcher = watch(manager, "ready");
    await until(async () => watcher.states.length === 1, 3000);
    const started = performance.now();
    const stopped = manager.stop("SIGTERM");
    await until(async () => (await manager.get(`${manager.probesUrl}/readyz`)).body === "stopping\n", 1000);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await manager.state("ready")).toBe("ready");
    expect((await manager.get(`${manager.probesUrl}/healthz`)).status).toBe(200);
    expect(watcher.lost).toBe(0);
    expect(await stopped).toBe(0);
    expect(performance.now() - started).toBeGreaterThan(4900);
    expect(performance.now() - started).toBeLessThan(8000);
    await until(async () => watcher.lost > 0, 3000);
  });
});

/** A watch by the client that the wrapper uses. */
function watch(manager: ManagerProcess, node: string) {
  const end = new AbortController();
  const seen: { states: string[]; lost: number; changedAt: number | undefined } & AsyncDisposable = {
    states: [],
    lost: 0,
    changedAt: undefined,
    async [Symbol.asyncDispose]() {
      end.abort();
      await done;
    },
  };
  const take = (event: NodeStateWatchEvent): void => {
    if (event.type === "lost") seen.lost += 1;
    else {
      seen.states.push(event.record.state);
      seen.changedAt = performance.now();
    }
  };
  const done = (async () => {
    try {
      const client = createNodeStateClient({ url: manager.url });
      for await (const event of client.watch(node, { signal: end.signal })) take(event);
    } catch (error) {
      if (!end.signal.aborted) throw error;
    }
  })();
  return seen;
}
