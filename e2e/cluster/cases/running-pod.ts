import type { Cluster } from "../harness/connect.ts";
import type { TestNamespace } from "../harness/namespace.ts";
import { waitFor } from "../harness/wait.ts";
import { followLog, type PodLog } from "./pod-log.ts";

/** A pod whose container has started, and whose log is being read. */
export interface RunningPod extends AsyncDisposable {
  readonly name: string;
  readonly node: string;
  /** Of the container `main`, as containerd calls it. */
  readonly containerId: string;
  readonly log: PodLog;
}

/** What is read of a pod. */
export interface PodBody {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly containerStatuses?: readonly ContainerStatus[] };
}

/** Of one container of a pod. */
export interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
}

/** What a container is doing, or has done. */
interface ContainerState {
  readonly running?: { readonly startedAt: string };
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly message?: string };
}

/** Which pod of a name. */
export interface RunningPodOptions {
  /** This container is not meant: it is the one before, of another pod or of the same. */
  readonly after?: { readonly containerId: string } | undefined;
  /** Which of several replicas. @defaultValue any */
  readonly name?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * Waits until the container `main` of a pod has been started, and reads its log from then on.
 *
 * @param which - the value of the label `app`
 */
export async function runningPod(
  cluster: Cluster,
  namespace: TestNamespace,
  which: string,
  options: RunningPodOptions = {},
): Promise<RunningPod> {
  const { after, name: wanted, timeoutMs = 90_000 } = options;
  const found = await waitFor(
    async () => {
      const list = ["get", "pods", `--selector=app=${which}`];
      const { items } = await namespace.get<{ readonly items: readonly PodBody[] }>(list);
      return items
        .filter(({ metadata: { name } }) => wanted === undefined || wanted === name)
        .map(startedPod)
        .find((pod) => pod !== undefined && pod.containerId !== after?.containerId);
    },
    { what: `a pod ${which} of ${namespace.name} to run`, timeoutMs, intervalMs: 200 },
  );
  const log = await followLog(cluster, namespace, found.name);
  return { ...found, log, [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() };
}

function startedPod(pod: PodBody): Omit<RunningPod, "log" | typeof Symbol.asyncDispose> | undefined {
  const { name } = pod.metadata;
  const { nodeName: node } = pod.spec;
  const status = mainStatus(pod);
  const containerId = /^containerd:\/\/(.+)$/.exec(status?.containerID ?? "")?.[1];
  const started = status?.state.running ?? status?.state.terminated;
  return started === undefined || containerId === undefined || node === undefined
    ? undefined
    : { name, node, containerId };
}

/** The status of the container `main`. */
export function mainStatus(pod: PodBody): ContainerStatus | undefined {
  return pod.status.containerStatuses?.find(({ name }) => name === "main");
}
