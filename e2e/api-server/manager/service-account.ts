import type { ApiServer } from "../harness/api-server.ts";
import { demand } from "../harness/demand.ts";

/** The namespace that is always there. */
const namespace = "default";

/** A service account of the manager, with what the chart gives it and no more. */
export interface ManagerAccount {
  /** A token, good for an hour if not told otherwise. */
  token(expiresInSeconds?: number): Promise<string>;
  /** Takes the permission away. */
  revoke(): Promise<void>;
  /** Gives it back. */
  grant(): Promise<void>;
}

/** Makes the account. */
export async function createManagerAccount(server: ApiServer, name = "manager"): Promise<ManagerAccount> {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  await demand(server, "POST", `/api/v1/namespaces/${namespace}/serviceaccounts`, { body: { metadata: { name } } });
  await demand(server, "POST", `${rbac}/clusterroles`, {
    body: {
      metadata: { name },
      rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] }],
    },
  });
  async function grant(): Promise<void> {
    await demand(server, "POST", `${rbac}/clusterrolebindings`, {
      body: {
        metadata: { name },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      },
    });
  }
  await grant();
  return {
    token: (expiresInSeconds) => server.serviceAccountToken({ namespace, name, expiresInSeconds }),
    grant,
    async revoke() {
      await demand(server, "DELETE", `${rbac}/clusterrolebindings/${name}`);
    },
  };
}
