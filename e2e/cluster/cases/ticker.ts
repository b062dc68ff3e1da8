import { type Application, shellTicker } from "./applications.ts";

/** What differs from pod to pod. */
export interface TickerOptions {
  readonly name: string;
  /** @defaultValue {@link shellTicker} */
  readonly application?: Application | undefined;
  readonly graceSeconds?: number | undefined;
  /** More variables of the container. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** @defaultValue that of the examples */
  readonly securityContext?: object | undefined;
  /** More of the pod's spec. */
  readonly spec?: object | undefined;
  /** More of the container. */
  readonly container?: object | undefined;
  /** How many replicas share the claim {@link sharedClaim}, each with a folder that has its name. @defaultValue one, with a claim of its own */
  readonly sharedBy?: number | undefined;
}

/** As in every example. */
export const leastPrivileges = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"], add: ["CHECKPOINT_RESTORE", "SYS_PTRACE"] },
  seccompProfile: { type: "Unconfined" },
} as const;

function claimSpec(accessMode: string): object {
  return { accessModes: [accessMode], resources: { requests: { storage: "1Gi" } } };
}

/** A claim that several pods may use at once. */
export const sharedClaim = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "shared" },
  spec: claimSpec("ReadWriteMany"),
} as const;

/**
 * A StatefulSet of one replica, made as examples/simple-loop.yaml: an init container brings crik, a claim is the image
 * directory. Its pod is called `NAME-0`.
 */
export function ticker(options: TickerOptions): object {
  const { name, application = shellTicker, graceSeconds = 30, securityContext = leastPrivileges } = options;
  const environment = { CRIK_IMAGE_DIR: "/checkpoints", CRIK_GRACE_PERIOD: `${graceSeconds}s`, ...options.environment };
  const crik = { name: "crik", mountPath: "/opt/crik" };
  const ownFolder = options.sharedBy === undefined ? {} : { subPathExpr: "$(POD_NAME)" };
  const checkpoints = { name: "checkpoints", mountPath: "/checkpoints", ...ownFolder };
  const fields = { KUBERNETES_NODE_NAME: "spec.nodeName", POD_NAME: "metadata.name" };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name },
    spec: {
      replicas: options.sharedBy ?? 1,
      podManagementPolicy: "Parallel",
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: graceSeconds,
          initContainers: [
            {
              name: "crik",
              image: "ghcr.io/crik-dev/crik:0.0.0",
              args: ["install", "/volume"],
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                seccompProfile: { type: "RuntimeDefault" },
              },
              volumeMounts: [{ name: "crik", mountPath: "/volume" }],
            },
          ],
          containers: [
            {
              name: "main",
              image: application.image,
              command: ["/opt/crik/bin/crik", "run", "--", ...application.command.map(literally)],
              env: [
                ...Object.entries(fields).map(([key, fieldPath]) => ({
                  name: key,
                  valueFrom: { fieldRef: { fieldPath } },
                })),
                ...Object.entries(environment).map(([key, value]) => ({ name: key, value })),
              ],
              securityContext,
              volumeMounts: [crik, checkpoints],
              ...options.container,
            },
          ],
          volumes: [
            { name: "crik", emptyDir: {} },
            ...(options.sharedBy === undefined
              ? []
              : [{ name: "checkpoints", persistentVolumeClaim: { claimName: sharedClaim.metadata.name } }]),
          ],
          ...options.spec,
        },
      },
      ...(options.sharedBy === undefined && {
        volumeClaimTemplates: [{ metadata: { name: "checkpoints" }, spec: claimSpec("ReadWriteOnce") }],
      }),
    },
  };
}

/** Kubernetes replaces `$(NAME)` in a command, and takes `$$` for a `$`. */
function literally(text: string): string {
  return text.replaceAll("$", "$$$$");
}
