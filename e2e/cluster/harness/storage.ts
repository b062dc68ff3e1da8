import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ApiClient } from "../../api-server/harness/api-client.ts";

/** Where every node has the shared folder. */
const sharedInNode = "/var/lib/crik-shared";
const provisioner = "crik.dev/shared-folder";

/** The default storage class of a cluster of the harness. */
const storageClassName = "shared";

/** Makes volumes for claims until it is stopped. */
export interface Provisioner {
  stop(): Promise<void>;
}

/**
 * Makes a default storage class whose volumes are folders that every node can reach, as a network file system's are.
 * A claim gets its volume within half a second, and the folder goes with the claim.
 *
 * Volumes are writable for every user: the kubelet does not apply an `fsGroup` to a folder of the node.
 */
export async function startProvisioner(client: ApiClient, sharedDirectory: string): Promise<Provisioner> {
  const made = await client.request("POST", "/apis/storage.k8s.io/v1/storageclasses", {
    body: {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: storageClassName, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner,
      reclaimPolicy: "Delete",
      volumeBindingMode: "Immediate",
    },
  });
  if (made.status !== 201) throw new Error(`no storage class: ${made.status} ${JSON.stringify(made.body)}`);
  let stopped = false;
  let wake = () => {};
  let failures = 0;
  // The next look may go well, and while the API server is going down none does; but a claim that waits for ever must have an explanation.
  const tell = (error: unknown): void => {
    failures += 1;
    if (failures === 10) process.stderr.write(`crik tests: volumes cannot be made or removed: ${String(error)}\n`);
  };
  const loop = (async () => {
    while (!stopped) {
      await look(client, sharedDirectory).then(() => {
        failures = 0;
      }, tell);
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 300);
      });
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await loop;
    },
  };
}

interface Claim {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes: readonly string[];
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

interface Volume {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly status: { readonly phase: string };
}

async function look(client: ApiClient, sharedDirectory: string): Promise<void> {
  const claims = await list<Claim>(client, "/api/v1/persistentvolumeclaims");
  for (const claim of claims) {
    if (claim.spec.storageClassName !== storageClassName || claim.spec.volumeName !== undefined) continue;
    const name = `pvc-${claim.metadata.uid}`;
    const directory = join(sharedDirectory, name);
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o777);
    const made = await client.request("POST", "/api/v1/persistentvolumes", { body: volumeOf(claim, name) });
    // It is there already while its claim does not yet name it.
    if (made.status !== 201 && made.status !== 409) throw new Error(`${name}: ${JSON.stringify(made.body)}`);
  }
  for (const volume of await list<Volume>(client, "/api/v1/persistentvolumes")) {
    const { name, annotations } = volume.metadata;
    if (volume.status.phase !== "Released" || annotations?.["pv.kubernetes.io/provisioned-by"] !== provisioner)
      continue;
    await rm(join(sharedDirectory, name), { recursive: true, force: true });
    await client.request("DELETE", `/api/v1/persistentvolumes/${name}`);
  }
}

async function list<Item>(client: ApiClient, path: string): Promise<readonly Item[]> {
  const { status, body } = await client.request<{ readonly items: readonly Item[] }>("GET", path);
  if (status !== 200) throw new Error(`${path}: ${status}`);
  return body.items;
}

function volumeOf(claim: Claim, name: string): unknown {
  const { namespace, uid } = claim.metadata;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, annotations: { "pv.kubernetes.io/provisioned-by": provisioner } },
    spec: {
      accessModes: claim.spec.accessModes,
      capacity: claim.spec.resources.requests,
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name: claim.metadata.name, namespace, uid },
      hostPath: { path: `${sharedInNode}/${name}`, type: "Directory" },
      persistentVolumeReclaimPolicy: "Delete",
      storageClassName,
    },
  };
}
