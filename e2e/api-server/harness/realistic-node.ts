import { createHash } from "node:crypto";

/** A Node as it is given to the API server. */
export interface NodeObject {
  readonly apiVersion: "v1";
  readonly kind: "Node";
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly providerID: string;
    readonly podCIDR: string;
    readonly podCIDRs: readonly string[];
    readonly taints?: readonly NodeTaint[];
    readonly unschedulable?: boolean;
  };
  readonly status: Readonly<Record<string, unknown>> & { readonly conditions: readonly NodeCondition[] };
}

/** A taint of a Node. */
export interface NodeTaint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: "NoExecute" | "NoSchedule" | "PreferNoSchedule";
}

/** A condition of a Node. */
export interface NodeCondition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** RFC 3339. */
  readonly lastHeartbeatTime?: string | undefined;
  /** RFC 3339. */
  readonly lastTransitionTime?: string | undefined;
}

/** In what a Node differs from the next one. */
export interface NodeOptions {
  /** Container images that the kubelet reports; it stops at 50 by default. @defaultValue 50 */
  readonly images?: number | undefined;
  /** @defaultValue true */
  readonly ready?: boolean | undefined;
  /** @defaultValue none */
  readonly taints?: readonly NodeTaint[] | undefined;
  /** @defaultValue false */
  readonly unschedulable?: boolean | undefined;
  /** The moment that its times tell. @defaultValue now */
  readonly now?: Date | undefined;
}

/** Makes a Node as a kubelet and a cloud's controllers have it: some 17 KB with 50 images, as real ones are. */
export function realisticNode(name: string, options: NodeOptions = {}): NodeObject {
  const { images = 50, ready = true, taints, unschedulable, now = new Date() } = options;
  const [a = 0, b = 0, c = 0] = createHash("sha256").update(name).digest();
  const address = `10.${a}.${b}.${c}`;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: labelsOf(name), annotations: annotationsOf(name, address) },
    spec: {
      providerID: `aws:///eu-central-1a/i-${digest(name).slice(0, 17)}`,
      podCIDR: `100.64.${a}.0/24`,
      podCIDRs: [`100.64.${a}.0/24`],
      ...(taints === undefined ? {} : { taints }),
      ...(unschedulable === undefined ? {} : { unschedulable }),
    },
    status: {
      addresses: [
        { type: "InternalIP", address },
        { type: "InternalDNS", address: `ip-${address.replaceAll(".", "-")}.eu-central-1.compute.internal` },
        { type: "Hostname", address: name },
      ],
      ...resources,
      conditions: conditionsOf(ready, now),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: nodeInfoOf(name),
      images: Array.from({ length: images }, (_, index) => imageOf(index)),
    },
  };
}

function labelsOf(name: string): Readonly<Record<string, string>> {
  return {
    "beta.kubernetes.io/arch": "amd64",
    "beta.kubernetes.io/instance-type": "m6i.4xlarge",
    "beta.kubernetes.io/os": "linux",
    "failure-domain.beta.kubernetes.io/region": "eu-central-1",
    "failure-domain.beta.kubernetes.io/zone": "eu-central-1a",
    "k8s.io/cloud-provider-aws": digest("cluster").slice(0, 32),
    "karpenter.sh/capacity-type": "spot",
    "karpenter.sh/nodepool": "general",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "node.kubernetes.io/instance-type": "m6i.4xlarge",
    "topology.ebs.csi.aws.com/zone": "eu-central-1a",
    "topology.kubernetes.io/region": "eu-central-1",
    "topology.kubernetes.io/zone": "eu-central-1a",
  };
}

function annotationsOf(name: string, address: string): Readonly<Record<string, string>> {
  const drivers = { "csi.tigera.io": name, "ebs.csi.aws.com": `i-${digest(name).slice(0, 17)}` };
  return {
    "alpha.kubernetes.io/provided-node-ip": address,
    "csi.volume.kubernetes.io/nodeid": JSON.stringify(drivers),
    "node.alpha.kubernetes.io/ttl": "0",
    "projectcalico.org/IPv4Address": `${address}/20`,
    "volumes.kubernetes.io/controller-managed-attach-detach": "true",
  };
}

const resources = {
  capacity: {
    cpu: "16",
    "ephemeral-storage": "104779756Ki",
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    memory: "64338524Ki",
    pods: "234",
  },
  allocatable: {
    cpu: "15890m",
    "ephemeral-storage": "95491281146",
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    memory: "61258332Ki",
    pods: "234",
  },
};

function conditionsOf(ready: boolean, now: Date): readonly NodeCondition[] {
  const yesterday = new Date(now.getTime() - 86_400_000);
  const times = { lastHeartbeatTime: formatTime(now), lastTransitionTime: formatTime(yesterday) };
  const fine = (type: string, reason: string, message: string): NodeCondition => ({
    type,
    status: "False",
    ...times,
    reason,
    message,
  });
  return [
    fine("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    fine("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    fine("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ready
      ? { type: "Ready", status: "True", ...times, reason: "KubeletReady", message: "kubelet is posting ready status" }
      : fine("Ready", "KubeletNotReady", "container runtime network not ready: cni plugin not initialized"),
  ];
}

function nodeInfoOf(name: string): Readonly<Record<string, string>> {
  return {
    machineID: digest(name).slice(0, 32),
    systemUUID: `ec2${digest(name).slice(0, 5)}-1f2e-4d3c-8b4a-${digest(name).slice(0, 12)}`,
    bootID: `7c9e6679-7425-40de-944b-${digest(name).slice(12, 24)}`,
    kernelVersion: "6.12.55-74.119.amzn2023.x86_64",
    osImage: "Amazon Linux 2023.9.20251117",
    containerRuntimeVersion: "containerd://2.1.5",
    kubeletVersion: "v1.34.2-eks-ecaa3a6",
    kubeProxyVersion: "",
    operatingSystem: "linux",
    architecture: "amd64",
  };
}

/** By its digest and by its tag, as the kubelet names each. */
function imageOf(index: number): { readonly names: readonly string[]; readonly sizeBytes: number } {
  const repository = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/platform/service-number-${index}`;
  const content = digest(repository);
  return {
    names: [`${repository}@sha256:${content}`, `${repository}:2026.11.${index}-${content.slice(0, 12)}`],
    sizeBytes: 50_000_000 + Number.parseInt(content.slice(0, 7), 16),
  };
}

/** Kubernetes's times are whole seconds. */
function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
