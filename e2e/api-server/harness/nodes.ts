import type { ApiServer } from "./api-server.ts";
import { demand } from "./demand.ts";
import { type NodeCondition, type NodeObject, type NodeTaint, realisticNode } from "./realistic-node.ts";

const mergePatch = "application/merge-patch+json";
/** Merges lists too, by the key that Kubernetes's types name for each. */
const strategicPatch = "application/strategic-merge-patch+json";

/** Makes a realistic Node of each name, many at a time; of their 20 KB most is images. */
export async function createNodes(
  server: ApiServer,
  names: Iterable<string>,
  make: (name: string) => NodeObject = realisticNode,
): Promise<void> {
  // One iterator for all of them: each takes the next name when it is through with one.
  const remaining = names[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = remaining.next(); next.done !== true; next = remaining.next()) {
      await demand(server, "POST", "/api/v1/nodes", { body: make(next.value) });
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** Sets one condition and leaves the others as they are, as the kubelet does; its times are now unless it has its own. */
export async function setCondition(server: ApiServer, name: string, condition: NodeCondition): Promise<void> {
  const now = new Date().toISOString();
  const conditions = [{ lastHeartbeatTime: now, lastTransitionTime: now, ...condition }];
  await demand(server, "PATCH", `${path(name)}/status`, {
    body: { status: { conditions } },
    contentType: strategicPatch,
  });
}

/** Takes a condition away, as nobody but an administrator does. */
export async function removeCondition(server: ApiServer, name: string, type: string): Promise<void> {
  await demand(server, "PATCH", `${path(name)}/status`, {
    body: { status: { conditions: [{ $patch: "delete", type }] } },
    contentType: strategicPatch,
  });
}

/** Adds a taint. */
export function addTaint(server: ApiServer, name: string, taint: NodeTaint): Promise<void> {
  return changeTaints(server, name, (taints) => [...taints, taint]);
}

/** Removes every taint of a key. */
export function removeTaint(server: ApiServer, name: string, key: string): Promise<void> {
  return changeTaints(server, name, (taints) => taints.filter((taint) => taint.key !== key));
}

/** What `kubectl cordon` and `kubectl uncordon` do. */
export function setUnschedulable(server: ApiServer, name: string, unschedulable: boolean): Promise<void> {
  return patchNode(server, name, { spec: { unschedulable } });
}

/** Changes a Node, but not its status, by a merge patch. */
export async function patchNode(server: ApiServer, name: string, body: object): Promise<void> {
  await demand(server, "PATCH", path(name), { body, contentType: mergePatch });
}

/** Deletes a Node; with a finalizer in it, it only gets its `deletionTimestamp`. */
export async function deleteNode(server: ApiServer, name: string): Promise<void> {
  await demand(server, "DELETE", path(name));
}

/** The list of taints is replaced as a whole: after somebody else's change between our read and our write we read again. */
async function changeTaints(
  server: ApiServer,
  name: string,
  change: (taints: readonly NodeTaint[]) => readonly NodeTaint[],
): Promise<void> {
  for (;;) {
    const { metadata, spec } = (await demand<StoredNode>(server, "GET", path(name))).body;
    const { resourceVersion } = metadata;
    const body = { metadata: { resourceVersion }, spec: { taints: change(spec.taints ?? []) } };
    const { status } = await server.request("PATCH", path(name), { body, contentType: mergePatch });
    if (status === 200) return;
    if (status !== 409) throw new Error(`the taints of node ${name} cannot be changed: ${status}`);
  }
}

/** What is read of a Node that the API server gives. */
interface StoredNode {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec: { readonly taints?: readonly NodeTaint[] };
}

function path(name: string): string {
  return `/api/v1/nodes/${encodeURIComponent(name)}`;
}
