import {
  closed,
  count,
  flag,
  list,
  object,
  oneOf,
  type SchemaNode,
  share,
  text,
  textMap,
  word,
} from "./schema-node.ts";

// Parts of Kubernetes' own objects that the values pass on. Their keys are closed to the depth where people misspell them; what is
// deeper is for the API server, which refuses unknown fields at the installation.

const quantities: SchemaNode = { type: "object", additionalProperties: { type: ["string", "number"] } };

/** ResourceRequirements. */
export const resources: SchemaNode = closed({ requests: quantities, limits: quantities, claims: list(object) });

const securityOfBoth: Readonly<Record<string, SchemaNode>> = {
  appArmorProfile: object,
  runAsGroup: count(0),
  runAsNonRoot: flag,
  runAsUser: count(0),
  seLinuxOptions: object,
  seccompProfile: closed({ type: word, localhostProfile: text }),
  windowsOptions: object,
};

/** PodSecurityContext. */
export const podSecurityContext: SchemaNode = closed({
  ...securityOfBoth,
  fsGroup: count(0),
  fsGroupChangePolicy: word,
  seLinuxChangePolicy: word,
  supplementalGroups: list(count(0)),
  supplementalGroupsPolicy: word,
  sysctls: list(object),
});

/** SecurityContext of a container. */
export const securityContext: SchemaNode = closed({
  ...securityOfBoth,
  allowPrivilegeEscalation: flag,
  capabilities: closed({ add: list(word), drop: list(word) }),
  privileged: flag,
  procMount: word,
  readOnlyRootFilesystem: flag,
});

/** DeploymentStrategy. */
export const updateStrategy: SchemaNode = closed({
  type: oneOf("RollingUpdate", "Recreate"),
  rollingUpdate: closed({ maxSurge: share, maxUnavailable: share }),
});

/** Affinity. */
export const affinity: SchemaNode = closed({ nodeAffinity: object, podAffinity: object, podAntiAffinity: object });

/** Tolerations. */
export const tolerations: SchemaNode = list(
  closed({
    key: text,
    operator: oneOf("Exists", "Equal"),
    value: text,
    effect: oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"),
    tolerationSeconds: { type: "integer" },
  }),
);

/** TopologySpreadConstraints, without what the chart adds. */
export const topologySpreadConstraints: SchemaNode = list(
  closed(
    {
      topologyKey: word,
      maxSkew: count(1),
      minDomains: count(1),
      whenUnsatisfiable: oneOf("DoNotSchedule", "ScheduleAnyway"),
      nodeAffinityPolicy: oneOf("Honor", "Ignore"),
      nodeTaintsPolicy: oneOf("Honor", "Ignore"),
    },
    ["topologyKey", "maxSkew", "whenUnsatisfiable"],
  ),
);

/** The times of a probe; what it asks is the chart's. */
export const probe: SchemaNode = closed({
  initialDelaySeconds: count(0),
  periodSeconds: count(1),
  timeoutSeconds: count(1),
  failureThreshold: count(1),
  successThreshold: count(1),
});

/** NetworkPolicyPeers. */
export const networkPolicyPeers: SchemaNode = list(
  closed({
    podSelector: object,
    namespaceSelector: object,
    ipBlock: closed({ cidr: word, except: list(word) }, ["cidr"]),
  }),
);

/** EnvVars. */
export const environment: SchemaNode = list(closed({ name: word, value: text, valueFrom: object }, ["name"]));

/** Volumes: there are too many kinds to name their keys. */
export const volumes: SchemaNode = list({ type: "object", required: ["name"], properties: { name: word } });

/** VolumeMounts. */
export const volumeMounts: SchemaNode = list(
  closed(
    {
      name: word,
      mountPath: word,
      mountPropagation: word,
      readOnly: flag,
      recursiveReadOnly: word,
      subPath: text,
      subPathExpr: text,
    },
    ["name", "mountPath"],
  ),
);

/** LocalObjectReferences. */
export const secretNames: SchemaNode = list(closed({ name: word }, ["name"]));

/** Labels or annotations. */
export const labels: SchemaNode = textMap;
