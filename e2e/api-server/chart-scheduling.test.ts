import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { namespace, objectName, type PodChanges, podOf, render } from "./chart/chart.ts";
import { startScheduler } from "./chart/scheduler.ts";
import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import { addTaint, createNodes, setUnschedulable } from "./harness/nodes.ts";
import { describeApiServer } from "./harness/platform.ts";
import { type NodeObject, realisticNode } from "./harness/realistic-node.ts";

/** A pod as far as the scheduler writes it. */
interface ScheduledPod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly reason?: string }[] };
}

/** A node whose machine nobody takes away at short notice. */
function onDemand(name: string): NodeObject {
  const node = realisticNode(name);
  const labels = { ...node.metadata.labels, "karpenter.sh/capacity-type": "on-demand" };
  return { ...node, metadata: { ...node.metadata, labels } };
}

describeApiServer("the real scheduler puts the replicas", () => {
  let server: ApiServer;
  let scheduler: AsyncDisposable;

  beforeAll(async () => {
    server = await startApiServer();
    await server.kubectl(["create", "namespace", namespace]);
    await server.kubectl(["create", "serviceaccount", objectName, "--namespace", namespace]);
    scheduler = await startScheduler(server);
  });
  afterAll(async () => {
    await scheduler?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    await server.kubectl(["delete", "pods", "--all", "--force", "--grace-period=0", "--namespace", namespace]);
    await server.kubectl(["delete", "nodes", "--all"]);
  });

  /** Makes replicas one after the other, as the controller does in an upgrade, and gives the node of each; none: `undefined`. */
  const place = async (count: number, changes: PodChanges = {}, args: readonly string[] = []) => {
    const manifests = await render(args);
    const nodes: (string | undefined)[] = [];
    for (let index = 0; index < count; index++) {
      const name = `${objectName}-${changes.templateHash ?? "1"}-${index}`;
      const path = `/api/v1/namespaces/${namespace}/pods`;
      const { status } = await server.request("POST", path, { body: podOf(manifests, { ...changes, name }) });
      expect(status).toBe(201);
      nodes.push(await nodeOf(`${path}/${name}`));
    }
    return nodes;
  };

  /** The node, once the scheduler has decided; `undefined` when it has found none. */
  const nodeOf = async (path: string): Promise<string | undefined> => {
    for (;;) {
      const { spec, status } = (await server.request<ScheduledPod>("GET", path)).body;
      if (spec.nodeName !== undefined) return spec.nodeName;
      if (status.conditions?.some(({ reason }) => reason === "Unschedulable")) return undefined;
      await setTimeout(50);
    }
  };

  it("on three nodes when there are three", async () => {
    await createNodes(server, ["a", "b", "c"]);
    expect((await place(3)).toSorted()).toEqual(["a", "b", "c"]);
  });

  it("all on the one node of a cluster that has no other", async () => {
    await createNodes(server, ["a"]);
    expect(await place(3)).toEqual(["a", "a", "a"]);
  });

  it("on the nodes that are left when one is cordoned", async () => {
    await createNodes(server, ["a", "b", "c"]);
    await setUnschedulable(server, "c", true);
    // What the node controller does, which does not run here.
    await addTaint(server, "c", { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" });
    const nodes = await place(3);
    expect(new Set(nodes)).toEqual(new Set(["a", "b"]));
  });

  it("nowhere, the third one, if cordoned nodes counted as they do by Kubernetes's default", async () => {
    await createNodes(server, ["a", "b", "c"]);
    await setUnschedulable(server, "c", true);
    await addTaint(server, "c", { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" });
    const [first, second, third] = await place(3, {}, [
      '--set-json=topologySpreadConstraints=[{"topologyKey":"kubernetes.io/hostname","maxSkew":1,"whenUnsatisfiable":"DoNotSchedule"}]',
    ]);
    expect(new Set([first, second])).toEqual(new Set(["a", "b"]));
    expect(third).toBeUndefined();
  });

  it("not on spot nodes while there are others, and on spot nodes when there are none", async () => {
    await createNodes(server, ["spot-1", "spot-2", "spot-3"]);
    expect((await place(3)).toSorted()).toEqual(["spot-1", "spot-2", "spot-3"]);
    await createNodes(server, ["kept-1", "kept-2", "kept-3"], onDemand);
    expect((await place(3, { templateHash: "2" })).toSorted()).toEqual(["kept-1", "kept-2", "kept-3"]);
  });

  it("of a new version each on a node of its own, beside those of the old one", async () => {
    await createNodes(server, ["a", "b", "c"]);
    await place(3, { templateHash: "1" });
    expect((await place(3, { templateHash: "2" })).toSorted()).toEqual(["a", "b", "c"]);
  });
});
