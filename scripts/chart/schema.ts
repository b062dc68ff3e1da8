import {
  affinity,
  environment,
  labels,
  networkPolicyPeers,
  podSecurityContext,
  probe,
  resources,
  secretNames,
  securityContext,
  tolerations,
  topologySpreadConstraints,
  updateStrategy,
  volumeMounts,
  volumes,
} from "./kubernetes.ts";
import { closed, count, duration, flag, list, oneOf, type SchemaNode, share, text, word } from "./schema-node.ts";
import type { DocumentedValue } from "./values.ts";

const nodeStateServer: SchemaNode = closed({
  image: closed({
    repository: word,
    tag: text,
    digest: { type: "string", pattern: "^(sha256:[0-9a-f]{64})?$" },
    pullPolicy: oneOf("Always", "IfNotPresent", "Never"),
  }),
  debug: flag,
  sources: closed({
    kubelet: flag,
    karpenter: flag,
    "cluster-autoscaler": flag,
    "aws-node-termination-handler": flag,
    aks: flag,
    gke: flag,
    "out-of-service": flag,
    "cloud-provider": flag,
    cordon: flag,
    deletion: flag,
    "node-maintenance": flag,
    "cluster-autoscaler-candidate": flag,
    "maintenance-planned": flag,
  }),
  shutdownTaints: list(word),
  shutdownConditions: list(word),
  maxWatchers: count(1, 1_000_000),
  drainSeconds: count(0, 600),
  tls: closed({
    existingSecret: text,
    certManager: closed({
      enabled: flag,
      issuerRef: closed({ name: text, kind: word, group: word }),
      duration,
      renewBefore: duration,
      extraDnsNames: list(word),
    }),
  }),
  bearerToken: closed({ existingSecret: text, key: word }),
  extraArgs: list(word),
  extraEnv: environment,
});

const valuesSchema: SchemaNode = closed({
  nodeStateServer,
  replicas: count(1),
  imagePullSecrets: secretNames,
  fullnameOverride: { type: "string", pattern: "^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$" },
  commonLabels: labels,
  podLabels: labels,
  podAnnotations: labels,
  priorityClassName: text,
  priorityClassQuota: oneOf("auto", true, false),
  updateStrategy,
  revisionHistoryLimit: count(0),
  podDisruptionBudget: closed({ enabled: flag, maxUnavailable: share }),
  topologySpreadConstraints,
  nodeSelector: labels,
  affinity,
  tolerations,
  resources,
  podSecurityContext,
  securityContext,
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  extraVolumes: volumes,
  extraVolumeMounts: volumeMounts,
  serviceAccount: closed({ create: flag, name: text, annotations: labels }),
  rbac: closed({ create: flag }),
  service: closed({
    type: oneOf("ClusterIP", "NodePort", "LoadBalancer"),
    port: count(1, 65535),
    annotations: labels,
    internalTrafficPolicy: oneOf("Cluster", "Local"),
    trafficDistribution: oneOf("", "PreferClose", "PreferSameZone", "PreferSameNode"),
  }),
  clusterDomain: word,
  networkPolicy: closed({
    enabled: flag,
    from: networkPolicyPeers,
    metricsFrom: networkPolicyPeers,
    egress: closed({ enabled: flag, to: networkPolicyPeers, ports: list(count(1, 65535)) }),
  }),
  metrics: closed({
    scrapeAnnotations: flag,
    serviceMonitor: closed({ enabled: flag, labels, interval: text, scrapeTimeout: text }),
  }),
});

/** What Helm or a chart around this one puts into the values: no value of this chart's own. */
const foreign: Readonly<Record<string, SchemaNode>> = {
  global: { type: "object", description: "Values that a chart around this one shares with all its parts. Not used." },
  enabled: { type: "boolean", description: "For the condition of a chart around this one. Not used." },
};

/** The schema of the chart's values, with what `values.yaml` says of them. */
export function documentedSchema(values: readonly DocumentedValue[]): SchemaNode {
  const documented = describe(valuesSchema, [], values);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Values of the chart node-state-server",
    ...documented,
    properties: { ...documented.properties, ...foreign },
  };
}

function describe(node: SchemaNode, path: readonly string[], values: readonly DocumentedValue[]): SchemaNode {
  const own = values.find((value) => value.path.join(".") === path.join("."));
  const { properties } = node;
  return {
    ...(own === undefined || own.description === "" ? {} : { description: own.description }),
    ...(own === undefined || own.group ? {} : { default: own.default }),
    ...node,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, child]) => [key, describe(child, [...path, key], values)]),
          ),
        }),
  };
}

/**
 * Every key of the schema down to the depth that `values.yaml` documents, as paths with dots: groups and values. Keys of
 * Kubernetes' own objects, below a value, are not among them.
 */
export function schemaPaths(values: readonly DocumentedValue[]): readonly string[] {
  const groups = new Set(values.filter(({ group }) => group).map(({ path }) => path.join(".")));
  const walk = (node: SchemaNode, above: readonly string[]): readonly string[] =>
    Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
      const path = [...above, key];
      const name = path.join(".");
      return groups.has(name) ? [name, ...walk(child, path)] : [name];
    });
  return walk(valuesSchema, []);
}
