import { afterAll, beforeAll, expect, it } from "vitest";

import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import {
  addTaint,
  createNodes,
  deleteNode,
  patchNode,
  removeCondition,
  removeTaint,
  setCondition,
} from "./harness/nodes.ts";
import { describeApiServer } from "./harness/platform.ts";
import { type ManagerProcess, startManagerProcess, until } from "./manager/manager-process.ts";
import { createManagerAccount } from "./manager/service-account.ts";

const taints = [
  ["karpenter", "karpenter.sh/disrupted"],
  ["karpenter", "karpenter.sh/disruption"],
  ["karpenter", "karpenter.sh/rebooting"],
  ["cluster-autoscaler", "ToBeDeletedByClusterAutoscaler"],
  ["cluster-autoscaler-candidate", "DeletionCandidateOfClusterAutoscaler"],
  ["aws-node-termination-handler", "aws-node-termination-handler/spot-itn"],
  ["aws-node-termination-handler", "aws-node-termination-handler/rebalance-recommendation"],
  ["aws-node-termination-handler", "aws-node-termination-handler/scheduled-maintenance"],
  ["aws-node-termination-handler", "aws-node-termination-handler/asg-lifecycle-termination"],
  ["aks", "remediator.kubernetes.azure.com/unschedulable"],
  ["aks", "remediator.aks.microsoft.com/unschedulable"],
  ["gke", "cloud.google.com/impending-node-termination"],
  ["out-of-service", "node.kubernetes.io/out-of-service"],
  ["cloud-provider", "node.cloudprovider.kubernetes.io/shutdown"],
  ["shutdown-taint", "example.com/reclaimed"],
] as const;

const conditions = [
  ["node-maintenance", "GracefulNodeShutdownInProgress"],
  ["node-maintenance", "DrainInProgress"],
  ["node-maintenance", "Drained"],
  ["node-maintenance", "MaintenanceInProgress"],
  ["maintenance-planned", "MaintenancePlanned"],
  ["shutdown-condition", "Reclaimed"],
] as const;

describeApiServer("each sign that a node goes away is seen on a real API server, and its end too", () => {
  let server: ApiServer;
  let manager: ManagerProcess;

  beforeAll(async () => {
    server = await startApiServer();
    await createNodes(server, ["n1"]);
    const token = await (await createManagerAccount(server)).token();
    const flags = ["--source", "cluster-autoscaler-candidate=on", "--source=maintenance-planned=on"];
    flags.push("--shutdown-taint", "example.com/reclaimed", "--shutdown-condition", "Reclaimed");
    manager = await startManagerProcess(server, { token, flags });
    await manager.untilReady();
  });
  afterAll(async () => {
    await manager?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  /** The names of the record's sources; none when the node is ready. */
  async function sources(): Promise<readonly string[]> {
    const { body } = await manager.get(`${manager.url}/v1/nodes/n1`);
    const record = JSON.parse(body) as { state: string; sources: { name: string }[] };
    expect(record.state).toBe(record.sources.length > 0 ? "shutting-down" : "ready");
    return record.sources.map(({ name }) => name);
  }

  async function untilSources(...expected: readonly string[]): Promise<void> {
    await until(async () => JSON.stringify(await sources()) === JSON.stringify(expected), 3000);
  }

  it.each(taints)("%s: taint %s", async (source, key) => {
    await addTaint(server, "n1", { key, effect: "NoSchedule" });
    await untilSources(source);
    await removeTaint(server, "n1", key);
    await untilSources();
  });

  it.each(conditions)("%s: condition %s", async (source, type) => {
    await setCondition(server, "n1", { type, status: "True", reason: "Test" });
    await untilSources(source);
    await setCondition(server, "n1", { type, status: "False", reason: "Test" });
    await untilSources();
    await setCondition(server, "n1", { type, status: "True", reason: "Test" });
    await untilSources(source);
    await removeCondition(server, "n1", type);
    await untilSources();
  });

  it("kubelet: condition Ready with the text of its shutdown", async () => {
    const message = "[PLEG is not healthy, node is shutting down]";
    await setCondition(server, "n1", { type: "Ready", status: "False", reason: "KubeletNotReady", message });
    await untilSources("kubelet");
    await setCondition(server, "n1", { type: "Ready", status: "False", reason: "KubeletNotReady", message: "no" });
    await untilSources();
    await setCondition(server, "n1", { type: "Ready", status: "True", reason: "KubeletReady", message: "yes" });
    await untilSources();
  });

  it("cordon: kubectl cordon, and uncordon", async () => {
    await server.kubectl(["cordon", "n1"]);
    await untilSources("cordon");
    await server.kubectl(["uncordon", "n1"]);
    await untilSources();
  });

  it("all at once, and then none by none", async () => {
    await addTaint(server, "n1", { key: "karpenter.sh/disrupted", effect: "NoSchedule" });
    await addTaint(server, "n1", { key: "node.kubernetes.io/out-of-service", effect: "NoExecute" });
    await server.kubectl(["cordon", "n1"]);
    await untilSources("karpenter", "out-of-service", "cordon");
    await server.kubectl(["uncordon", "n1"]);
    await removeTaint(server, "n1", "karpenter.sh/disrupted");
    await untilSources("out-of-service");
    await removeTaint(server, "n1", "node.kubernetes.io/out-of-service");
    await untilSources();
  });

  it("deletion: an object that waits for its finalizers, with the time that the server gave it", async () => {
    await patchNode(server, "n1", { metadata: { finalizers: ["example.com/hold"] } });
    await deleteNode(server, "n1");
    await untilSources("deletion");
    const { body } = await manager.get(`${manager.url}/v1/nodes/n1`);
    const { metadata } = (await server.request<{ metadata: { deletionTimestamp: string } }>("GET", "/api/v1/nodes/n1"))
      .body;
    expect(new Date(JSON.parse(body).since)).toEqual(new Date(metadata.deletionTimestamp));
    await patchNode(server, "n1", { metadata: { finalizers: null } });
  });
});
