import { spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exists } from "../harness/cache.ts";
import { readLines } from "../harness/lines.ts";
import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import { kubernetesVersion } from "./harness/kubernetes.ts";
import {
  addTaint,
  createNodes,
  deleteNode,
  removeCondition,
  removeTaint,
  setCondition,
  setUnschedulable,
} from "./harness/nodes.ts";
import { describeApiServer } from "./harness/platform.ts";
import { startProxy } from "./harness/proxy.ts";
import { type NodeCondition, type NodeObject, realisticNode } from "./harness/realistic-node.ts";

type StoredNode = NodeObject & { readonly metadata: { readonly resourceVersion: string } };

describeApiServer("an API server of the tests", () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer();
    await server.kubectl(["create", "serviceaccount", "asker"]);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const read = async (name: string) => (await server.request<StoredNode>("GET", `/api/v1/nodes/${name}`)).body;

  it("is a real one, for kubectl and helm too", async () => {
    const { stdout } = await server.kubectl(["version", "--output=json"]);
    expect(JSON.parse(stdout)).toMatchObject({ serverVersion: { gitVersion: `v${kubernetesVersion}` } });
    expect((await server.helm(["list", "--output=json"])).stdout.trim()).toBe("[]");
  });

  it("tells what kubectl said when it fails", async () => {
    await expect(server.kubectl(["get", "node", "nobody"])).rejects.toThrow(/"nobody" not found/);
    expect((await server.kubectl(["get", "node", "nobody"], { allowFailure: true })).code).toBe(1);
  });

  it("has Nodes as large as real ones, with the status that they were made with", async () => {
    await createNodes(server, ["large-1", "large-2"]);
    const node = await read("large-1");
    const now = new Date(conditionOf(node, "Ready")?.lastHeartbeatTime ?? "");
    expect(node).toMatchObject(realisticNode("large-1", { now }));
    expect(JSON.stringify(node).length).toBeGreaterThan(15_000);
    expect(JSON.stringify(node).length).toBeLessThan(20_000);
    expect(node.spec.taints).toBeUndefined();
  });

  it("has Nodes that change as a kubelet and an administrator change them", async () => {
    await createNodes(server, ["changing"]);
    const taint = { key: "karpenter.sh/disrupted", effect: "NoSchedule" } as const;
    await setCondition(server, "changing", { type: "Ready", status: "False", message: "node is shutting down" });
    await setCondition(server, "changing", { type: "Drained", status: "True" });
    await addTaint(server, "changing", taint);
    await addTaint(server, "changing", { ...taint, key: "other" });
    await setUnschedulable(server, "changing", true);
    const changed = await read("changing");
    expect(changed.spec).toMatchObject({ unschedulable: true, taints: [taint, { ...taint, key: "other" }] });
    expect(changed.status.conditions).toHaveLength(5);
    expect(conditionOf(changed, "Ready")).toMatchObject({ status: "False", message: "node is shutting down" });

    await removeCondition(server, "changing", "Drained");
    await removeTaint(server, "changing", "other");
    await setUnschedulable(server, "changing", false);
    const back = await read("changing");
    expect(back.spec.taints).toEqual([taint]);
    expect(back.spec.unschedulable).toBeUndefined();
    expect(back.status.conditions.map(({ type }) => type)).not.toContain("Drained");

    await deleteNode(server, "changing");
    expect((await server.request("GET", "/api/v1/nodes/changing")).status).toBe(404);
  });

  it("keeps its port and its data when it is killed and started again, and refuses connections meanwhile", async () => {
    await createNodes(server, ["kept"]);
    await server.kill();
    await expect(server.request("GET", "/readyz")).rejects.toThrow(/ECONNREFUSED/);
    await server.restart();
    expect((await read("kept")).metadata.name).toBe("kept");
  });

  it("does not know an old resource version once it was started again and compacted", async () => {
    await createNodes(server, ["first"]);
    const { resourceVersion } = (await read("first")).metadata;
    await createNodes(server, ["second"]);
    const watch = `/api/v1/nodes?watch=1&timeoutSeconds=1&resourceVersion=${resourceVersion}`;
    const list = `/api/v1/nodes?resourceVersionMatch=Exact&resourceVersion=${resourceVersion}`;
    expect(await eventsOf(watch)).toEqual([expect.objectContaining({ type: "ADDED" })]);
    await server.restart();
    expect((await server.request("GET", list)).status).toBe(200);
    await server.compact();
    expect((await server.request("GET", list)).status).toBe(410);
    expect(await eventsOf(watch)).toEqual([{ type: "ERROR", object: expect.objectContaining({ code: 410 }) }]);
  });

  async function eventsOf(watch: string): Promise<readonly unknown[]> {
    const { body } = await server.request<string | object>("GET", watch);
    return typeof body === "string"
      ? body
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
      : [body];
  }

  it("answers nothing while it is frozen, and everything after", async () => {
    server.freeze();
    const request = { timeoutMs: 500 };
    await expect(server.request("GET", "/api/v1/nodes", request)).rejects.toThrow(/no answer in 500 ms/);
    const waiting = server.request("GET", "/api/v1/nodes");
    server.thaw();
    expect((await waiting).status).toBe(200);
  });

  it("answers from its cache while etcd is frozen, and can write nothing", async () => {
    await createNodes(server, ["cached"]);
    server.freezeEtcd();
    try {
      expect((await server.request("GET", "/api/v1/nodes/cached?resourceVersion=0")).status).toBe(200);
      const write = { body: realisticNode("late"), timeoutMs: 500 };
      await expect(server.request("POST", "/api/v1/nodes", write)).rejects.toThrow(/no answer in 500 ms/);
    } finally {
      server.thawEtcd();
    }
    await expect.poll(async () => (await server.request("GET", "/readyz")).status).toBe(200);
  });

  it("knows a service account by the token that was signed for it, and gives it its own rights only", async () => {
    const token = await server.serviceAccountToken({ namespace: "default", name: "asker" });
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const { body } = await server.request("POST", path, { body: review, token });
    expect(body).toMatchObject({ status: { userInfo: { username: "system:serviceaccount:default:asker" } } });
    expect((await server.request("GET", "/api/v1/nodes", { token })).status).toBe(403);
  });

  it("refuses a token that has expired, one in use after the ten seconds that it trusts it", async () => {
    const account = { namespace: "default", name: "asker" };
    const status = async (token: string) => (await server.request("GET", "/api/v1/nodes", { token })).status;
    const expired = await server.serviceAccountToken({ ...account, expiresInSeconds: -1 });
    expect(await status(expired)).toBe(401);

    const dying = await server.serviceAccountToken({ ...account, expiresInSeconds: 3 });
    const startedAt = performance.now();
    expect(await status(dying)).toBe(403);
    await expect.poll(() => status(dying), { timeout: 20_000, interval: 250 }).toBe(401);
    expect(performance.now() - startedAt).toBeGreaterThan(2_000);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it("is reached with a kubeconfig through a proxy, by a token in a file", async () => {
    await using proxy = await startProxy({ to: server.port });
    const tokenFile = join(dirname(server.kubeconfig), "asker.token");
    await writeFile(tokenFile, await server.serviceAccountToken({ namespace: "default", name: "asker" }));
    const kubeconfig = await server.kubeconfigFor({ tokenFile, server: proxy.url });
    const { stdout } = await server.kubectl(["--kubeconfig", kubeconfig, "auth", "whoami"]);
    expect(stdout).toContain("system:serviceaccount:default:asker");
  });

  it("is apart from another one, of which nothing is left when it is disposed of", async () => {
    const other = await startApiServer();
    const directory = dirname(other.kubeconfig);
    await createNodes(other, ["elsewhere"]);
    expect((await server.request("GET", "/api/v1/nodes/elsewhere")).status).toBe(404);
    expect(await commandsThatName(directory)).toHaveLength(2);
    other.freeze();
    await other[Symbol.asyncDispose]();
    expect(await commandsThatName(directory)).toEqual([]);
    expect(await exists(directory)).toBe(false);
  });

  it("leaves nothing when its owner is killed", async () => {
    const harness = fileURLToPath(new URL("harness/api-server.ts", import.meta.url));
    const script = `const { startApiServer } = await import(${JSON.stringify(harness)});
      console.log("KUBECONFIG", (await startApiServer()).kubeconfig);`;
    const owner = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [, kubeconfig = ""] = await readLines(owner.stdout, "owner").waitForLine(/^KUBECONFIG (.*)$/, 60_000);
    const directory = dirname(kubeconfig);
    expect(await commandsThatName(directory)).toHaveLength(2);
    owner.kill("SIGKILL");
    await expect.poll(() => commandsThatName(directory), { timeout: 5_000 }).toEqual([]);
    await expect.poll(() => exists(dirname(directory)), { timeout: 10_000 }).toBe(false);
  });
});

function conditionOf(node: NodeObject, type: string): NodeCondition | undefined {
  return node.status.conditions.find((condition) => condition.type === type);
}

/** The command lines of running processes in which a path occurs. */
async function commandsThatName(path: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return commands.filter((command) => command.includes(`${path}/`));
}
