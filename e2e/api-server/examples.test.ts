import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import { describeApiServer } from "./harness/platform.ts";

const folder = fileURLToPath(new URL("../../examples", import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

describeApiServer("an example", () => {
  let server: ApiServer;

  beforeAll(async () => {
    // Of this version's gates one is off that later versions have on.
    server = await startApiServer({ flags: ["--feature-gates=ImageVolume=true"] });
    await server.kubectl(["create", "namespace", "examples"]);
    // A controller would make it.
    await server.kubectl(["create", "serviceaccount", "default", "--namespace", "examples"]);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  it.each(examples)("is taken by a real API server, without a warning: %s", async (name) => {
    const apply = ["apply", "--filename", join(folder, name), "--namespace", "examples", "--validate=strict"];
    const dryRun = await server.kubectl([...apply, "--dry-run=server"]);
    expect(dryRun.stderr).toBe("");
    expect(dryRun.stdout).toMatch(/ created \(server dry run\)\n$/u);
    expect((await server.kubectl(apply)).stderr).toBe("");
  });

  // Of a pod's template some things are checked only when its pod is made.
  it.each(examples.map((name) => name.replace(".yaml", "")))("makes a pod that is let in: %s", async (name) => {
    const kinds = "statefulsets.apps,deployments.apps,jobs.batch";
    const said = await server.kubectl(["get", kinds, "--namespace", "examples", "--output=json"]);
    const { items }: { readonly items: readonly Workload[] } = JSON.parse(said.stdout);
    const found = items.find(({ metadata }) => metadata.name === name);
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: withVolumes(found) };
    const { status, body } = await server.request<unknown>("POST", "/api/v1/namespaces/examples/pods?dryRun=All", {
      body: pod,
    });
    expect({ status, body: status === 201 ? "" : body }).toEqual({ status: 201, body: "" });
  });
});

interface Workload {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly volumes?: readonly unknown[] } };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

/** The pod as the StatefulSet's controller would make it. */
function withVolumes(workload: Workload | undefined): unknown {
  if (workload === undefined) throw new Error("there is no such workload");
  const { template, volumeClaimTemplates = [] } = workload.spec;
  const claims = volumeClaimTemplates.map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: name },
  }));
  return { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] };
}
