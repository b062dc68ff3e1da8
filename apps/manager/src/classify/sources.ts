import type { NodeCondition, NodeObject, NodeTaint } from "./node-object.ts";

/** A sign, on a Node object, that the node goes away. */
export interface Sign {
  /** Where it is seen, for people. */
  readonly detail: string;
  /** When it was given, where the object tells. */
  readonly since: Date | undefined;
}

/** A word for `--source`. */
export type SourceName =
  | "kubelet"
  | "karpenter"
  | "cluster-autoscaler"
  | "cluster-autoscaler-candidate"
  | "aws-node-termination-handler"
  | "aks"
  | "gke"
  | "out-of-service"
  | "cloud-provider"
  | "cordon"
  | "deletion"
  | "node-maintenance"
  | "maintenance-planned";

/** One kind of sign, which can be switched on or off. */
export interface Source {
  readonly name: SourceName;
  /** False for those that only announce: the node may well stay. */
  readonly onByDefault: boolean;
  /** For the help text. */
  readonly description: string;
  readonly signsOf: (node: NodeObject) => readonly Sign[];
}

/**
 * The text in the kubelet's Ready condition during its graceful shutdown. Other errors may stand beside it, so look for the part, never for the whole.
 *
 * Source: `ShutdownStatus` in kubernetes/kubernetes, pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go.
 */
const KubeletShutdownText = "node is shutting down";

/** The taint that the node lifecycle controller adds to a cordoned node; it tells since when. */
const UnschedulableTaint = "node.kubernetes.io/unschedulable";

/**
 * Everybody who is known to mark a node that goes away, and how. Each key and condition is from the source that is named beside it.
 */
export const Sources: readonly Source[] = [
  {
    name: "kubelet",
    onByDefault: true,
    description: "the kubelet's graceful shutdown: condition Ready is False with its text",
    signsOf: (node) =>
      node.conditions
        .filter(({ type, status, message }) => {
          return type === "Ready" && status === "False" && message?.includes(KubeletShutdownText) === true;
        })
        .map((condition) => signOfCondition(condition, KubeletShutdownText)),
  },
  {
    name: "karpenter",
    onByDefault: true,
    description: "Karpenter disrupts or reboots the node",
    // kubernetes-sigs/karpenter, pkg/apis/v1/taints.go; the second is of pkg/apis/v1beta1/taints.go.
    signsOf: taints("karpenter.sh/disrupted", "karpenter.sh/disruption", "karpenter.sh/rebooting"),
  },
  {
    name: "cluster-autoscaler",
    onByDefault: true,
    description: "the cluster autoscaler is about to delete the node",
    // kubernetes/autoscaler, cluster-autoscaler/utils/taints/taints.go.
    signsOf: autoscalerTaint("ToBeDeletedByClusterAutoscaler"),
  },
  {
    name: "cluster-autoscaler-candidate",
    onByDefault: false,
    description: "the cluster autoscaler finds the node unneeded, and may delete it in some minutes",
    // As above. Only a wish: the taint goes when the node is needed again.
    signsOf: autoscalerTaint("DeletionCandidateOfClusterAutoscaler"),
  },
  {
    name: "aws-node-termination-handler",
    onByDefault: true,
    description: "AWS takes the instance: spot interruption, rebalance, maintenance, auto scaling group",
    // aws/aws-node-termination-handler, pkg/node/node.go. The values are event ids.
    signsOf: taints(
      "aws-node-termination-handler/spot-itn",
      "aws-node-termination-handler/rebalance-recommendation",
      "aws-node-termination-handler/scheduled-maintenance",
      "aws-node-termination-handler/asg-lifecycle-termination",
    ),
  },
  {
    name: "aks",
    onByDefault: true,
    description: "AKS drains the node (node auto-drain, auto-repair)",
    // Azure documentation "node auto-drain"; the second is the key before AKS release 2023-08 (Azure/AKS, CHANGELOG.md).
    signsOf: taints("remediator.kubernetes.azure.com/unschedulable", "remediator.aks.microsoft.com/unschedulable"),
  },
  {
    name: "gke",
    onByDefault: true,
    description: "GKE is about to maintain or preempt the instance",
    // GoogleCloudPlatform/k8s-node-termination-handler, and GKE's maintenance-handler.
    signsOf: taints("cloud.google.com/impending-node-termination"),
  },
  {
    name: "out-of-service",
    onByDefault: true,
    description: "somebody has declared the node out of service",
    // k8s.io/api, core/v1/well_known_taints.go: TaintNodeOutOfService.
    signsOf: taints("node.kubernetes.io/out-of-service"),
  },
  {
    name: "cloud-provider",
    onByDefault: true,
    description: "the cloud says that the instance is shut down",
    // k8s.io/cloud-provider, api/well_known_taints.go: TaintNodeShutdown.
    signsOf: taints("node.cloudprovider.kubernetes.io/shutdown"),
  },
  {
    name: "cordon",
    onByDefault: true,
    description: "the node is cordoned, as kubectl drain does first",
    signsOf: (node) =>
      node.unschedulable ? [{ detail: "spec.unschedulable", since: taintOf(node, UnschedulableTaint)?.timeAdded }] : [],
  },
  {
    name: "deletion",
    onByDefault: true,
    description: "the Node object is being deleted",
    signsOf: ({ deletionTimestamp }) =>
      deletionTimestamp === undefined ? [] : [{ detail: "metadata.deletionTimestamp", since: deletionTimestamp }],
  },
  {
    name: "node-maintenance",
    onByDefault: true,
    description: "the conditions of KEP-5683: graceful shutdown, drain, drained, maintenance",
    // KEP-5683, Node lifecycle conditions; alpha in Kubernetes 1.37.
    signsOf: conditions("GracefulNodeShutdownInProgress", "DrainInProgress", "Drained", "MaintenanceInProgress"),
  },
  {
    name: "maintenance-planned",
    onByDefault: false,
    description: "the condition MaintenancePlanned of KEP-5683: in the future, nobody knows when",
    signsOf: conditions("MaintenancePlanned"),
  },
];

/** Signs of every taint with one of these keys, whatever its effect. */
export function taints(...keys: readonly string[]): Source["signsOf"] {
  return (node) =>
    node.taints
      .filter(({ key }) => keys.includes(key))
      .map(({ key, timeAdded }) => ({ detail: `taint ${key}`, since: timeAdded }));
}

/** The cluster autoscaler writes the time as the taint's value, in seconds. */
function autoscalerTaint(name: string): Source["signsOf"] {
  return (node) =>
    node.taints
      .filter(({ key }) => key === name)
      .map(({ key, value, timeAdded }) => ({ detail: `taint ${key}`, since: timeAdded ?? secondsAsTime(value) }));
}

/** Signs of every condition of one of these types that is True. */
export function conditions(...types: readonly string[]): Source["signsOf"] {
  return (node) =>
    node.conditions
      .filter(({ type, status }) => types.includes(type) && status === "True")
      .map((condition) => signOfCondition(condition, condition.message ?? condition.reason));
}

function taintOf(node: NodeObject, key: string): NodeTaint | undefined {
  return node.taints.find((taint) => taint.key === key);
}

function signOfCondition({ type, lastTransitionTime }: NodeCondition, text: string | undefined): Sign {
  return { detail: `condition ${type}${text === undefined ? "" : `: ${text}`}`, since: lastTransitionTime };
}

/** A time between 2001 and 2286 as seconds since 1970. */
function secondsAsTime(value: string | undefined): Date | undefined {
  return value !== undefined && /^\d{10}$/u.test(value) ? new Date(Number(value) * 1000) : undefined;
}
