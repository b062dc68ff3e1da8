import { randomBytes } from "node:crypto";
import type { ClientOptions } from "../../api-server/harness/api-server.ts";
import type { ExecResult } from "../../harness/exec.ts";
import type { Cluster } from "./connect.ts";
import { waitFor } from "./wait.ts";

/** A namespace of one test. Disposing of it deletes it with all that is in it, and waits until its pods are gone. */
export interface TestNamespace extends AsyncDisposable {
  readonly name: string;
  /** Runs kubectl in the namespace. */
  kubectl(args: readonly string[], options?: ClientOptions): Promise<ExecResult>;
  /** What `kubectl … -o json` prints in the namespace, parsed. */
  get<Body>(args: readonly string[]): Promise<Body>;
  /** Creates or changes objects in the namespace. */
  apply(...objects: readonly object[]): Promise<void>;
  /** Waits for a condition, such as `Ready`, of an object, such as `pod/a`. @throws Error that tells how the pods are */
  waitForCondition(object: string, condition: string, timeoutMs?: number): Promise<void>;
  /** What the container of a pod has written so far. */
  logs(pod: string): Promise<string>;
}

/** Makes a namespace in which pods can be made, of any privilege. */
export async function makeNamespace(cluster: Cluster): Promise<TestNamespace> {
  const name = `crik-${randomBytes(4).toString("hex")}`;
  const kubectl = (args: readonly string[], options?: ClientOptions): Promise<ExecResult> =>
    cluster.kubectl(["--namespace", name, ...args], options);
  const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
  await cluster.kubectl(["create", "-f", "-"], {
    input: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } }),
  });
  await waitFor(async () => (await kubectl(["get", "serviceaccount/default"], { allowFailure: true })).code === 0, {
    what: `the service account of ${name}`,
  });
  return {
    name,
    kubectl,
    get: (args) => cluster.get(["--namespace", name, ...args]),
    apply: async (...objects) => {
      await kubectl(["apply", "-f", "-"], {
        input: JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
      });
    },
    waitForCondition: async (object, condition, timeoutMs = 60_000) => {
      const wait = ["wait", `--for=condition=${condition}`, object, `--timeout=${Math.ceil(timeoutMs / 1000)}s`];
      const result = await kubectl(wait, { timeoutMs: timeoutMs + 10_000, allowFailure: true });
      if (result.code === 0) return;
      const described = await kubectl(["describe", object], { allowFailure: true });
      throw new Error(`${object} of ${name} is not ${condition}: ${result.stderr}\n${described.stdout}`);
    },
    logs: async (pod) => (await kubectl(["logs", pod])).stdout,
    [Symbol.asyncDispose]: async () => {
      // In a namespace that is going nothing new is made. Its last objects may take some more seconds to go, but no pod
      // of this test disturbs the next one.
      await cluster.kubectl(["delete", "namespace", name, "--ignore-not-found", "--wait=false"]);
      await kubectl(["delete", "pods", "--all", "--grace-period=1"], { timeoutMs: 120_000 });
    },
  };
}
