import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runDirectory } from "../harness/run-directory.ts";
import { chart, namespace, objectName, only, podOf, podsOf, release, render } from "./chart/chart.ts";
import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import { describeApiServer } from "./harness/platform.ts";

const install = ["install", release, chart, "--namespace", namespace];

/** What the API server says to a pod, without keeping it. */
async function tryPod(server: ApiServer, pod: unknown): Promise<{ readonly status: number; readonly said: string }> {
  const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`;
  const { status, body } = await server.request("POST", path, { body: pod });
  return { status, said: String(Reflect.get(Object(body), "message")) };
}

/** The namespace, and the ServiceAccount in it that a controller would make. */
async function makeNamespace(server: ApiServer): Promise<void> {
  await server.kubectl(["create", "namespace", namespace]);
  await server.kubectl(["create", "serviceaccount", "default", "--namespace", namespace]);
}

describeApiServer("in a namespace that enforces Pod Security restricted", () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
    await makeNamespace(server);
    await server.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
    await server.helm(install);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  /** One line for each rule: resources, URLs and verbs. */
  const rights = async (name: string): Promise<ReadonlySet<string>> => {
    const as = `--as=system:serviceaccount:${namespace}:${name}`;
    const { stdout } = await server.kubectl(["auth", "can-i", "--list", as, "--namespace", namespace]);
    return new Set(stdout.split("\n").map((line) => line.trim().replaceAll(/\s+/gu, " ")));
  };

  it("the ServiceAccount may get, list and watch nodes, and nothing else that an account without rights may not", async () => {
    const own = await rights(objectName);
    const everybody = await rights("default");
    expect([...own].filter((right) => !everybody.has(right))).toEqual(["nodes [] [] [get list watch]"]);
    expect([...everybody].filter((right) => !own.has(right))).toEqual([]);
  });

  it("the ServiceAccount reads nodes by its token, and is refused everything around them", async () => {
    const token = await server.serviceAccountToken({ namespace, name: objectName });
    const status = async (method: string, path: string, body?: unknown): Promise<number> =>
      (await server.request(method, path, { token, body })).status;
    await server.request("POST", "/api/v1/nodes", { body: { metadata: { name: "n1" } } });
    expect(await status("GET", "/api/v1/nodes?limit=1")).toBe(200);
    expect(await status("GET", "/api/v1/nodes/n1")).toBe(200);
    expect(await status("DELETE", "/api/v1/nodes/n1")).toBe(403);
    expect(await status("POST", "/api/v1/nodes", { metadata: { name: "n2" } })).toBe(403);
    expect(await status("GET", "/api/v1/nodes/n1/status")).toBe(403);
    expect(await status("GET", "/api/v1/secrets")).toBe(403);
    expect(await status("GET", `/api/v1/namespaces/${namespace}/pods`)).toBe(403);
    expect(await status("GET", `/api/v1/namespaces/${namespace}/configmaps`)).toBe(403);
  });

  it("the ServiceAccount gives its token to the Deployment's pods, and to no other that runs under it", async () => {
    const manifests = await render();
    expect(only(manifests, "ServiceAccount")).toMatchObject({ automountServiceAccountToken: false });
    expect(podsOf(manifests).spec["automountServiceAccountToken"]).toBe(true);
  });

  it("the API server takes the chart's pod, with the priority of the cluster's own", async () => {
    expect(await tryPod(server, podOf(await render()))).toMatchObject({ status: 201 });
  });

  it("the API server takes the pod of helm's test", async () => {
    expect(await tryPod(server, only(await render(), "Pod"))).toMatchObject({ status: 201 });
  });

  it("the API server takes the chart's pod with HTTPS, a token, and ids left to the cluster", async () => {
    const manifests = await render([
      "--set=nodeStateServer.tls.existingSecret=tls,nodeStateServer.bearerToken.existingSecret=token",
      "--set=podSecurityContext.runAsUser=null,podSecurityContext.runAsGroup=null,podSecurityContext.fsGroup=null",
    ]);
    expect(await tryPod(server, podOf(manifests))).toMatchObject({ status: 201 });
    expect(await tryPod(server, only(manifests, "Pod"))).toMatchObject({ status: 201 });
  });

  it("the same pod without its security context would be refused", async () => {
    const { status, said } = await tryPod(server, podOf(await render(), { spec: { securityContext: {} } }));
    expect([status, said]).toEqual([403, expect.stringContaining('violates PodSecurity "restricted:latest"')]);
  });
});

describeApiServer("in a cluster that guards the priority class as GKE does", () => {
  let server: ApiServer;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(await runDirectory(), "admission-"));
    const configuration = join(folder, "admission.json");
    await writeFile(configuration, JSON.stringify(guardedClasses));
    server = await startApiServer({ flags: [`--admission-control-config-file=${configuration}`] });
    await makeNamespace(server);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it("the pods are refused without a ResourceQuota, and taken with the chart's", async () => {
    await server.helm(install);
    const pod = podOf(await render());
    const refused = await tryPod(server, pod);
    expect(refused.status).not.toBe(201);
    expect(refused.said).toContain("insufficient quota to match these scopes");

    await server.helm(["upgrade", ...install.slice(1), "--set=priorityClassQuota=true"]);
    // What the quota's controller does, which does not run here.
    const status = JSON.stringify({ status: { hard: { pods: "1000" }, used: { pods: "0" } } });
    const where = ["resourcequota", objectName, "--namespace", namespace, "--subresource=status"];
    await server.kubectl(["patch", ...where, "--type=merge", "--patch", status]);
    expect(await tryPod(server, pod)).toMatchObject({ status: 201 });
  });

  it("another class needs no ResourceQuota", async () => {
    const manifests = await render(["--set=priorityClassName="]);
    expect(await tryPod(server, podOf(manifests))).toMatchObject({ status: 201 });
  });
});

const guardedClasses = {
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "AdmissionConfiguration",
  plugins: [
    {
      name: "ResourceQuota",
      configuration: {
        apiVersion: "apiserver.config.k8s.io/v1",
        kind: "ResourceQuotaConfiguration",
        limitedResources: [
          {
            resource: "pods",
            matchScopes: [
              {
                scopeName: "PriorityClass",
                operator: "In",
                values: ["system-node-critical", "system-cluster-critical"],
              },
            ],
          },
        ],
      },
    },
  ],
};
