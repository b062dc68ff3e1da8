import { beforeAll, expect, it } from "vitest";
import { bootAgain } from "./cases/boot-again.ts";
import { ensureImages } from "./cases/images.ts";
import { nodeReadiness } from "./cases/node-readiness.ts";
import type { Cluster } from "./harness/connect.ts";
import { makeNamespace } from "./harness/namespace.ts";
import { describeCluster, describeOwnCluster, ownPart, sharedCluster } from "./harness/shared-cluster.ts";
import { waitFor } from "./harness/wait.ts";

const image = "docker.io/library/busybox:1.37";

/** A pod of one busybox. */
function pod(name: string, script: string, spec: object = {}, container: object = {}): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 1,
      ...spec,
      containers: [{ name: "main", image, command: ["sh", "-c", script], ...container }],
    },
  };
}

const on = (node: string | undefined) => ({ nodeSelector: { "kubernetes.io/hostname": node ?? "" } });

interface NodeList {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

let cluster: Cluster;

async function nodeNames(): Promise<readonly string[]> {
  return (await cluster.get<NodeList>(["get", "nodes"])).items.map((node) => node.metadata.name);
}

describeCluster("a cluster", () => {
  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "busybox");
  });

  it("has pods on two nodes that reach each other, a Service by its name, and the API server", async () => {
    await using namespace = await makeNamespace(cluster);
    const [first, second] = await nodeNames();
    const serve = 'mkdir /tmp/www; echo "from $HOSTNAME" >/tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www';
    const ready = { readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 } };
    await namespace.apply(
      pod("one", serve, on(first), ready),
      pod("other", serve, on(second), ready),
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web" },
        spec: { selector: { app: "other" }, ports: [{ port: 80, targetPort: 8080 }] },
      },
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "self" },
        spec: { selector: { app: "one" }, ports: [{ port: 80, targetPort: 8080 }] },
      },
    );
    for (const name of ["one", "other"]) await namespace.waitForCondition(`pod/${name}`, "Ready");
    const { status } = await namespace.get<{ readonly status: { readonly podIP: string } }>(["get", "pod/other"]);
    const ask = async (url: string): Promise<string> =>
      (await namespace.kubectl(["exec", "one", "--", "wget", "-qO-", "-T", "10", url])).stdout;
    expect(await ask(`http://${status.podIP}:8080/`)).toBe("from other\n");
    await waitFor(async () => (await ask("http://web/")) === "from other\n", { what: "the Service's endpoint" });
    expect(await ask(`http://web.${namespace.name}.svc.cluster.local/`)).toBe("from other\n");
    // Through the Service's address back to itself: what a bridge without netfilter would lose.
    expect(await ask("http://self/")).toBe("from one\n");
    const api = 'echo | nc -w 5 "$KUBERNETES_SERVICE_HOST" "$KUBERNETES_SERVICE_PORT"';
    await namespace.kubectl(["exec", "one", "--", "sh", "-c", api]);
  });

  it("takes exec with input, and gives logs", async () => {
    await using namespace = await makeNamespace(cluster);
    await namespace.apply(pod("one", "echo hello; exec sleep 1000"));
    await namespace.waitForCondition("pod/one", "Ready");
    const { stdout } = await namespace.kubectl(["exec", "-i", "one", "--", "sh", "-c", "read word; echo got $word"], {
      input: "something\n",
    });
    expect(stdout).toBe("got something\n");
    expect(await namespace.logs("one")).toBe("hello\n");
  });

  it("moves a volume from node to node, and removes it with its claim", async () => {
    await using namespace = await makeNamespace(cluster);
    const [first, second] = await nodeNames();
    const volume = { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] };
    const mounted = { volumeMounts: [{ name: "data", mountPath: "/data" }] };
    await namespace.apply(
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "100Mi" } } },
      },
      pod("writer", "echo kept >/data/file; exec sleep 1000", { ...on(first), ...volume }, mounted),
    );
    await namespace.waitForCondition("pod/writer", "Ready");
    await namespace.kubectl(["delete", "pod/writer", "--grace-period=1"]);
    const user = { securityContext: { runAsUser: 1000 } };
    const script = "cat /data/file; echo more >/data/other && exec sleep 1000";
    await namespace.apply(pod("reader", script, { ...on(second), ...volume, ...user }, mounted));
    await namespace.waitForCondition("pod/reader", "Ready");
    await waitFor(async () => (await namespace.logs("reader")) === "kept\n", { what: "what the other node wrote" });
  });

  it("gives a pod a user namespace of its own, with an unmasked /proc, and an image as a volume", async () => {
    await using namespace = await makeNamespace(cluster);
    const security = { procMount: "Unmasked", allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    const volume = { hostUsers: false, volumes: [{ name: "tools", image: { reference: image } }] };
    const container = { securityContext: security, volumeMounts: [{ name: "tools", mountPath: "/tools" }] };
    const script = "cat /proc/self/uid_map; /tools/usr/bin/busybox echo from the image; exec sleep 1000";
    await namespace.apply(pod("one", script, volume, container));
    await namespace.waitForCondition("pod/one", "Ready");
    await waitFor(async () => (await namespace.logs("one")).includes("from the image"), {
      what: "the image's program",
    });
    expect((await namespace.logs("one")).split("\n")[0]).not.toMatch(/^\s*0\s+0\s/);
  });

  it("puts a seccomp filter on a pod that asks for the runtime's", async () => {
    await using namespace = await makeNamespace(cluster);
    const security = { securityContext: { seccompProfile: { type: "RuntimeDefault" } } };
    await namespace.apply(pod("one", "grep Seccomp: /proc/self/status; exec sleep 1000", {}, security));
    await namespace.waitForCondition("pod/one", "Ready");
    expect(await namespace.logs("one")).toMatch(/Seccomp:\s+2/);
  });
});

describeOwnCluster("a node of the harness", () => {
  const isReady = async (name: string) => (await nodeReadiness(cluster, name)).status === "True";

  it("shuts down as with systemd: the Node says so, the pod gets SIGTERM, the lock is released, and it can be cancelled", async () => {
    await using namespace = await makeNamespace(cluster);
    const [, node] = ownPart(cluster).nodes;
    await using _ = { [Symbol.asyncDispose]: () => bootAgain(cluster, node) };
    await namespace.apply(
      pod("one", 'trap "echo told; sleep 2; exit 3" TERM; echo up; while :; do sleep 0.1; done', {
        ...on(node.name),
        terminationGracePeriodSeconds: 20,
      }),
    );
    await namespace.waitForCondition("pod/one", "Ready");
    const follow = namespace.kubectl(["logs", "--follow", "one"], { timeoutMs: 60_000 });
    const { released } = await node.shutdown();
    await waitFor(async () => (await nodeReadiness(cluster, node.name)).message.includes("node is shutting down"), {
      what: "the Node's condition",
      timeoutMs: 15_000,
    });
    expect((await nodeReadiness(cluster, node.name)).status).toBe("False");
    await released;
    expect((await follow).stdout).toBe("up\ntold\n");
    interface Pod {
      readonly status: { readonly phase: string; readonly conditions: readonly { readonly reason?: string }[] };
    }
    const ended = await namespace.get<Pod>(["get", "pod/one"]);
    expect(ended.status.phase).toBe("Failed");
    expect(ended.status.conditions.map((one) => one.reason)).toContain("TerminationByKubelet");
    await node.cancelShutdown();
    await waitFor(() => isReady(node.name), { what: `${node.name} to be ready again` });
    // After a reboot a second one is heard too.
    await bootAgain(cluster, node);
    const again = await node.shutdown();
    await again.released;
  });

  it("goes on without its kubelet, and takes it back", async () => {
    await using namespace = await makeNamespace(cluster);
    const [, node] = ownPart(cluster).nodes;
    await namespace.apply(pod("one", "i=0; while :; do echo $((i += 1)); sleep 0.5; done", on(node.name)));
    await namespace.waitForCondition("pod/one", "Ready");
    await node.stopKubelet();
    await waitFor(async () => !(await isReady(node.name)), { what: `${node.name} to be missed` });
    await node.startKubelet();
    await waitFor(() => isReady(node.name), { what: `${node.name} to be ready again` });
    // A kubelet that has just come back knows its pods a moment later.
    const logs = await waitFor(() => namespace.logs("one"), { what: "the pod's log" });
    const lines = logs.trim().split("\n").map(Number);
    expect(lines.length).toBeGreaterThan(20);
    expect(lines).toEqual(lines.map((_, index) => index + 1));
  });
});
