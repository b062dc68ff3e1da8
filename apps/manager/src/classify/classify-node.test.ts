import { describe, expect, it } from "vitest";

import { type ClassifyOptions, classifyNode } from "./classify-node.ts";
import { decodeNode } from "./node-object.ts";
import { Sources } from "./sources.ts";

const Readiness = { type: "Ready", status: "True", reason: "KubeletReady", lastTransitionTime: "2026-11-25T08:00:00Z" };

interface Parts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly conditions?: readonly object[];
}

function recordOf({ metadata, spec, conditions = [Readiness] }: Parts, options?: ClassifyOptions) {
  const node = decodeNode({
    metadata: { name: "n1", uid: "u1", resourceVersion: "7", ...metadata },
    spec: spec ?? {},
    status: { conditions, images: [{ names: ["a"] }] },
  });
  if (node === undefined) throw new Error("the node of this test is none");
  return classifyNode(node, options);
}

const shuttingDown: Readonly<Record<string, Parts>> = {
  kubelet: {
    conditions: [
      {
        type: "Ready",
        status: "False",
        reason: "KubeletNotReady",
        message: "[container runtime is down, node is shutting down]",
        lastTransitionTime: "2026-11-25T10:00:00Z",
      },
    ],
  },
  cordon: {
    spec: {
      unschedulable: true,
      taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule", timeAdded: "2026-11-25T10:00:00Z" }],
    },
  },
  deletion: { metadata: { deletionTimestamp: "2026-11-25T10:00:00Z" } },
};

const taintsBySource: readonly (readonly [source: string, key: string])[] = [
  ["karpenter", "karpenter.sh/disrupted"],
  ["karpenter", "karpenter.sh/disruption"],
  ["karpenter", "karpenter.sh/rebooting"],
  ["cluster-autoscaler", "ToBeDeletedByClusterAutoscaler"],
  ["aws-node-termination-handler", "aws-node-termination-handler/spot-itn"],
  ["aws-node-termination-handler", "aws-node-termination-handler/rebalance-recommendation"],
  ["aws-node-termination-handler", "aws-node-termination-handler/scheduled-maintenance"],
  ["aws-node-termination-handler", "aws-node-termination-handler/asg-lifecycle-termination"],
  ["aks", "remediator.kubernetes.azure.com/unschedulable"],
  ["aks", "remediator.aks.microsoft.com/unschedulable"],
  ["gke", "cloud.google.com/impending-node-termination"],
  ["out-of-service", "node.kubernetes.io/out-of-service"],
  ["cloud-provider", "node.cloudprovider.kubernetes.io/shutdown"],
];

const conditionsBySource: readonly (readonly [source: string, type: string])[] = [
  ["node-maintenance", "GracefulNodeShutdownInProgress"],
  ["node-maintenance", "DrainInProgress"],
  ["node-maintenance", "Drained"],
  ["node-maintenance", "MaintenanceInProgress"],
];

describe("a node", () => {
  it("without any sign is ready", () => {
    expect(recordOf({})).toStrictEqual({
      name: "n1",
      state: "ready",
      reason: "no sign that the node goes away",
      sources: [],
    });
  });

  it("that is not Ready for another reason than a shutdown does not go away, and that is said", () => {
    const conditions = [{ ...Readiness, status: "False", reason: "KubeletNotReady", message: "PLEG is not healthy" }];
    expect(recordOf({ conditions })).toMatchObject({
      state: "ready",
      reason: "not Ready (KubeletNotReady), but no sign that the node goes away",
    });
  });

  it("whose kubelet nobody has heard of is unknown, since then", () => {
    const conditions = [
      { type: "Ready", status: "Unknown", reason: "NodeStatusUnknown", lastTransitionTime: "2026-11-25T09:00:00Z" },
    ];
    expect(recordOf({ conditions })).toMatchObject({ state: "unknown", since: new Date("2026-11-25T09:00:00Z") });
  });

  it("whose last word was that it shuts down, and that was not heard of since, is unknown", () => {
    const conditions = [{ type: "Ready", status: "Unknown", message: "node is shutting down" }];
    expect(recordOf({ conditions })).toMatchObject({ state: "unknown" });
  });

  it("that has not reported yet is unknown", () => {
    expect(recordOf({ conditions: [] })).toStrictEqual({
      name: "n1",
      state: "unknown",
      reason: "the kubelet has not reported yet",
      sources: [],
    });
  });

  it.each(Object.entries(shuttingDown))("shuts down by %s, since the object says so", (source, parts) => {
    const record = recordOf(parts);
    expect(record).toMatchObject({ state: "shutting-down", since: new Date("2026-11-25T10:00:00Z") });
    expect(record.sources.map(({ name }) => name)).toEqual([source]);
  });

  it.each(taintsBySource)("shuts down by %s, taint %s, with any effect", (source, key) => {
    for (const effect of ["NoSchedule", "NoExecute", "PreferNoSchedule"]) {
      expect(recordOf({ spec: { taints: [{ key, effect, timeAdded: "2026-11-25T10:00:00Z" }] } })).toStrictEqual({
        name: "n1",
        state: "shutting-down",
        reason: `${source} (taint ${key})`,
        since: new Date("2026-11-25T10:00:00Z"),
        sources: [{ name: source, detail: `taint ${key}`, since: new Date("2026-11-25T10:00:00Z") }],
      });
    }
  });

  it.each(conditionsBySource)("shuts down by %s, condition %s, while it is True", (source, type) => {
    const condition = { type, status: "True", reason: "ByHand", lastTransitionTime: "2026-11-25T10:00:00Z" };
    const record = recordOf({ conditions: [Readiness, condition] });
    expect(record.sources).toEqual([
      { name: source, detail: `condition ${type}: ByHand`, since: new Date("2026-11-25T10:00:00Z") },
    ]);
    for (const status of ["False", "Unknown"]) {
      expect(recordOf({ conditions: [Readiness, { ...condition, status }] })).toMatchObject({ state: "ready" });
    }
  });

  it("has the time of the cluster autoscaler's taint from its value", () => {
    const taints = [{ key: "ToBeDeletedByClusterAutoscaler", value: "1795600800", effect: "NoSchedule" }];
    expect(recordOf({ spec: { taints } }).since).toEqual(new Date(1_795_600_800_000));
    const oddTaints = [{ key: "ToBeDeletedByClusterAutoscaler", value: "soon", effect: "NoSchedule" }];
    expect(recordOf({ spec: { taints: oddTaints } })).not.toHaveProperty("since");
  });

  it("with several signs carries all of them, since the first", () => {
    const record = recordOf({
      spec: {
        unschedulable: true,
        taints: [
          { key: "karpenter.sh/disrupted", timeAdded: "2026-11-25T10:00:05Z" },
          { key: "aws-node-termination-handler/spot-itn", value: "0123456789", timeAdded: "2026-11-25T10:00:01Z" },
        ],
      },
    });
    expect(record.sources.map(({ name }) => name)).toEqual(["karpenter", "aws-node-termination-handler", "cordon"]);
    expect(record.since).toEqual(new Date("2026-11-25T10:00:01Z"));
    expect(record.reason).toBe(
      "karpenter (taint karpenter.sh/disrupted), aws-node-termination-handler (taint aws-node-termination-handler/spot-itn), cordon (spec.unschedulable)",
    );
  });

  it("that shuts down is not unknown when its kubelet falls silent", () => {
    const record = recordOf({ spec: { unschedulable: true }, conditions: [{ type: "Ready", status: "Unknown" }] });
    expect(record.state).toBe("shutting-down");
  });

  it.each([
    ["cluster-autoscaler-candidate", { spec: { taints: [{ key: "DeletionCandidateOfClusterAutoscaler" }] } }],
    ["maintenance-planned", { conditions: [Readiness, { type: "MaintenancePlanned", status: "True" }] }],
  ] as const)("that is only announced to go, by %s, goes away when that source is switched on", (source, parts) => {
    expect(recordOf(parts).state).toBe("ready");
    expect(recordOf(parts, { sources: new Map([[source, true]]) })).toMatchObject({
      state: "shutting-down",
      sources: [{ name: source }],
    });
  });

  it("goes away by taints and conditions of one's own", () => {
    const options = { shutdownTaints: ["example.com/spot"], shutdownConditions: ["Reclaimed"] };
    const record = recordOf(
      {
        spec: { taints: [{ key: "example.com/spot", effect: "NoSchedule" }] },
        conditions: [Readiness, { type: "Reclaimed", status: "True", message: "by the owner" }],
      },
      options,
    );
    expect(record.sources).toEqual([
      { name: "shutdown-taint", detail: "taint example.com/spot" },
      { name: "shutdown-condition", detail: "condition Reclaimed: by the owner" },
    ]);
  });

  it("is ready with taints that mean something else", () => {
    const taints = [
      { key: "karpenter.sh/unregistered" },
      { key: "kubernetes.azure.com/scalesetpriority", value: "spot" },
    ];
    expect(recordOf({ spec: { taints } }).state).toBe("ready");
  });
});

describe("each source", () => {
  it.each(Sources.map(({ name }) => name))("%s can be switched off", (name) => {
    const everything: Parts = {
      metadata: { deletionTimestamp: "2026-11-25T10:00:00Z" },
      spec: {
        unschedulable: true,
        taints: [...taintsBySource.map(([, key]) => ({ key })), { key: "DeletionCandidateOfClusterAutoscaler" }],
      },
      conditions: [
        { type: "Ready", status: "False", message: "node is shutting down" },
        ...conditionsBySource.map(([, type]) => ({ type, status: "True" })),
        { type: "MaintenancePlanned", status: "True" },
      ],
    };
    const all = new Map(Sources.map((source) => [source.name, true]));
    const names = (sources: typeof all) => new Set(recordOf(everything, { sources }).sources.map((each) => each.name));
    expect(names(all)).toEqual(new Set(all.keys()));
    const others = new Set([...all.keys()].filter((other) => other !== name));
    expect(names(new Map([...all, [name, false]]))).toEqual(others);
  });
});

describe("a Node object", () => {
  it("loses what no answer needs", () => {
    const node = decodeNode({
      metadata: { name: "n1", resourceVersion: "1", managedFields: [{}], labels: { a: "b" } },
      status: { images: [{}] },
    });
    expect(node).toStrictEqual({
      name: "n1",
      resourceVersion: "1",
      deletionTimestamp: undefined,
      unschedulable: false,
      taints: [],
      conditions: [],
    });
  });

  it.each([
    undefined,
    null,
    3,
    "node",
    [],
    {},
    { metadata: { name: "n1" } },
    { metadata: { name: 1, resourceVersion: "1" } },
  ])("is not %j", (value) => {
    expect(decodeNode(value)).toBeUndefined();
  });

  it("with odd parts is read without them", () => {
    const node = decodeNode({
      metadata: { name: "n1", resourceVersion: "1", deletionTimestamp: "soon" },
      spec: { unschedulable: "true", taints: [null, { key: "" }, { key: "a", timeAdded: 7 }] },
      status: { conditions: { type: "Ready" } },
    });
    expect(node).toMatchObject({
      deletionTimestamp: undefined,
      unschedulable: false,
      taints: [{ key: "a", value: undefined, timeAdded: undefined }],
      conditions: [],
    });
  });
});
