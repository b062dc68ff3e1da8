import { afterAll, beforeAll, expect, it } from "vitest";
import {
  chart,
  type Manifest,
  namespace,
  objectName,
  only,
  originalChart,
  parseManifests,
  podsOf,
  release,
  valuesFile,
  valuesFiles,
  withValues,
} from "./chart/chart.ts";
import { ensureCustomResourceDefinitions } from "./chart/crds.ts";
import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import { describeApiServer } from "./harness/platform.ts";

/** Every kind that the chart can make, and the Secrets in which helm keeps its releases. */
const kinds =
  "deployment,service,serviceaccount,poddisruptionbudget,networkpolicy,resourcequota,certificate,servicemonitor,secret,clusterrole,clusterrolebinding";

describeApiServer("the chart on a real API server", () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer();
    await server.kubectl(["apply", "--server-side", "--filename", await ensureCustomResourceDefinitions()]);
    await server.kubectl(["wait", "--for=condition=Established", "--all", "customresourcedefinitions"]);
    await server.kubectl(["create", "namespace", namespace]);
    // A controller would make it; helm's test runs under it.
    await server.kubectl(["create", "serviceaccount", "default", "--namespace", namespace]);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const helm = async (command: string, ...args: readonly string[]): Promise<string> =>
    (await server.helm([command, release, "--namespace", namespace, ...args])).stdout;

  /** What there is of the chart's, as `kind/name`. Each namespace has a ServiceAccount of its own. */
  const inCluster = async (): Promise<readonly string[]> => {
    const { stdout } = await server.kubectl(["get", kinds, "--namespace", namespace, "--output=name"]);
    const names = stdout.split("\n").filter((name) => /crik|node-watcher|helm\.release/u.test(name));
    return names.toSorted();
  };

  const get = async (kind: string): Promise<readonly Manifest[]> => {
    const { stdout } = await server.kubectl(["get", kind, "--namespace", namespace, "--output=yaml"]);
    return parseManifests(stdout).flatMap((list) => list.items ?? []);
  };

  it.each(Object.entries(valuesFiles))("passes a dry run of the installation, with %s", async (_name, files) => {
    const said = await helm("install", chart, "--dry-run=server", ...withValues(files));
    expect(said).toContain("STATUS: pending-install");
    expect(await inCluster()).toEqual([]);
  });

  it.each(Object.entries(valuesFiles))(
    "has no field that the API server does not know, with %s",
    async (_name, files) => {
      const { stdout } = await server.helm([
        "template",
        release,
        chart,
        "--namespace",
        namespace,
        ...withValues(files),
      ]);
      const validated = await server.kubectl(["apply", "--dry-run=server", "--validate=strict", "--filename=-"], {
        input: stdout,
      });
      expect(validated.stdout.trim().split("\n")).toHaveLength(parseManifests(stdout).length);
      expect(validated.stderr).not.toMatch(/warning/iu);
    },
  );

  it("is installed, upgraded, rolled back and uninstalled, and leaves nothing", async () => {
    await helm("install", chart);
    const installed = await inCluster();
    expect(installed.filter((name) => !name.startsWith("secret/"))).toEqual([
      `clusterrole.rbac.authorization.k8s.io/${objectName}`,
      `clusterrolebinding.rbac.authorization.k8s.io/${objectName}`,
      `deployment.apps/${objectName}`,
      `networkpolicy.networking.k8s.io/${objectName}`,
      `poddisruptionbudget.policy/${objectName}`,
      `service/${objectName}`,
      `serviceaccount/${objectName}`,
    ]);

    await helm("upgrade", chart, "--set=replicas=4,networkPolicy.enabled=false,metrics.serviceMonitor.enabled=true");
    const upgraded = await inCluster();
    expect(upgraded).toContain(`servicemonitor.monitoring.coreos.com/${objectName}`);
    expect(upgraded).toContain(`service/${objectName}-metrics`);
    expect(upgraded).not.toContain(`networkpolicy.networking.k8s.io/${objectName}`);
    expect(only(await get("deployment"), "Deployment", objectName).spec).toMatchObject({ replicas: 4 });

    await helm("rollback", "1");
    expect(only(await get("deployment"), "Deployment", objectName).spec).toMatchObject({ replicas: 3 });
    expect((await inCluster()).filter((name) => !name.startsWith("secret/"))).toEqual(
      installed.filter((name) => !name.startsWith("secret/")),
    );

    await helm("uninstall");
    expect(await inCluster()).toEqual([]);
  });

  it("is installed with every value, over everything else, and leaves nothing", async () => {
    await helm("install", chart, ...withValues([valuesFile("every-value")]));
    expect(await inCluster()).toContain("certificate.cert-manager.io/crik-second-server");
    await helm("upgrade", chart, ...withValues([valuesFile("the-other-way")]));
    const { spec } = podsOf(await get("deployment"));
    expect(spec["volumes"]).toMatchObject([{ name: "tls", secret: { secretName: "node-state-tls" } }]);
    await helm("uninstall");
    expect(await inCluster()).toEqual([]);
  });

  it("upgrades a release of the original's chart in place", async () => {
    await helm("install", originalChart);
    const before = await get("service");
    const reused = ["upgrade", release, chart, "--namespace", namespace, "--reuse-values"];
    expect((await server.helm(reused, { allowFailure: true })).stderr).toContain("--reset-then-reuse-values");
    await helm("upgrade", "--install", chart);
    const { spec, container } = podsOf(await get("deployment"));
    expect(container.image).toMatch(/^ghcr.io\/crik-dev\/node-state-server:/u);
    expect(container).toMatchObject({ resources: { limits: { memory: "512Mi" }, requests: { cpu: "20m" } } });
    expect(container).not.toMatchObject({ resources: { limits: { cpu: expect.anything() } } });
    expect(spec["priorityClassName"]).toBe("system-cluster-critical");
    // The pods that run go on asking the same address.
    expect(only(await get("service"), "Service", objectName).spec).toMatchObject({
      clusterIP: only(before, "Service", objectName).spec?.["clusterIP"],
      ports: [{ port: 9376, targetPort: "main" }],
    });
    await helm("uninstall");
    expect(await inCluster()).toEqual([]);
  });

  it("can be installed a second time under another name", async () => {
    await helm("install", chart);
    const second = ["second", chart, "--namespace", namespace];
    const refused = await server.helm(["install", ...second], { allowFailure: true });
    expect(refused.stderr).toContain("invalid ownership metadata");
    await server.helm(["install", ...second, "--set=fullnameOverride=crik-second"]);
    await server.helm(["uninstall", "second", "--namespace", namespace]);
    await helm("uninstall");
    expect(await inCluster()).toEqual([]);
  });
});
