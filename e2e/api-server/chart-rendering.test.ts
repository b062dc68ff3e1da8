import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { parseConfig } from "../../packages/config/src/index.ts";
import { readValues } from "../../scripts/chart/values.ts";
import { codeBlocks } from "../../scripts/docs/markdown.ts";
import { runDirectory } from "../harness/run-directory.ts";
import {
  chart,
  helmOffline,
  namespace,
  objectName,
  only,
  originalChart,
  podsOf,
  release,
  render,
  valuesFile,
  valuesFiles,
  withValues,
} from "./chart/chart.ts";
import { describeApiServer } from "./harness/platform.ts";

const documented = readValues(readFileSync(join(chart, "values.yaml"), "utf8"));

describeApiServer("the values files of these tests", () => {
  it("set every value of the chart to something else than its default", () => {
    const sets = [valuesFile("every-value"), valuesFile("the-other-way")].map((file) => readFileSync(file, "utf8"));
    const same = documented
      .filter(({ group }) => !group)
      .filter(({ path, default: value }) =>
        sets.every((text) => {
          const set = path.reduce<unknown>((map, key) => Reflect.get(Object(map), key), parse(text));
          return set === undefined || JSON.stringify(set) === JSON.stringify(value);
        }),
      );
    expect(same.map(({ path }) => path.join("."))).toEqual([]);
  });
});

describeApiServer.each(Object.entries(valuesFiles))("the chart with %s", (_name, files) => {
  it("passes helm lint --strict", async () => {
    const { code, stdout } = await helmOffline(["lint", "--strict", chart, ...withValues(files)]);
    expect(stdout).toContain("1 chart(s) linted, 0 chart(s) failed");
    expect(code).toBe(0);
  });

  it("renders to objects that have all the same labels and, but for the cluster's own, the release's namespace", async () => {
    const manifests = await render(withValues(files));
    expect(manifests.length).toBeGreaterThan(2);
    for (const { kind, metadata } of manifests) {
      expect(metadata.labels).toMatchObject({
        "app.kubernetes.io/part-of": "crik",
        "app.kubernetes.io/instance": release,
        "app.kubernetes.io/managed-by": "Helm",
        "helm.sh/chart": expect.stringMatching(/^node-state-server-\d/),
      });
      expect([kind, metadata.namespace]).toEqual([kind, kind.startsWith("Cluster") ? undefined : namespace]);
    }
  });

  it("selects the pods of its Deployment, and not the pod of helm's test", async () => {
    const manifests = await render(withValues(files));
    const labels = podsOf(manifests).metadata.labels;
    const labelsOfTest = only(manifests, "Pod").metadata.labels;
    const selectors = manifests
      .filter(({ kind }) => kind !== "ServiceMonitor" && kind !== "Certificate")
      .flatMap(({ spec }) => [spec?.selector ?? spec?.podSelector ?? []].flat())
      .map((selector) => Reflect.get(Object(selector), "matchLabels") ?? selector);
    expect(selectors.length).toBeGreaterThan(1);
    for (const selector of selectors) {
      expect(labels).toMatchObject(selector);
      expect(labelsOfTest).not.toMatchObject(selector);
    }
  });
});

describeApiServer("an upgrade from the original crik's chart", () => {
  it("keeps names, ports and selectors, which Kubernetes does not let change", async () => {
    const [before, after] = [await render([], originalChart), await render()];
    for (const { kind, metadata } of before) only(after, kind, metadata.name);
    expect(only(after, "Deployment").spec?.selector).toEqual(only(before, "Deployment").spec?.selector);
    expect(only(after, "Service").spec?.selector).toEqual(only(before, "Service").spec?.selector);
    expect(only(after, "Service").spec?.["ports"]).toMatchObject([{ port: 9376 }]);
    expect(only(after, "ClusterRoleBinding").roleRef).toEqual(only(before, "ClusterRoleBinding").roleRef);
  });

  it("takes the original's values", async () => {
    const manifests = await render([
      "--set=nodeStateServer.image.repository=example.com/manager,nodeStateServer.image.tag=v0.1.0",
      "--set=nodeStateServer.debug=true",
    ]);
    const { container } = podsOf(manifests);
    expect(container.image).toBe("example.com/manager:v0.1.0");
    expect(container.args).toContain("--debug");
  });
});

describeApiServer("the pods", () => {
  it("are told every source by name, on or off", async () => {
    const manifests = await render(["--set=nodeStateServer.sources.cordon=false"]);
    const { args } = podsOf(manifests).container;
    const sources = documented.filter(({ path }) => path.length === 3 && path[1] === "sources");
    expect(sources.length).toBeGreaterThan(10);
    for (const { path, default: byDefault } of sources) {
      const [, , name] = path;
      const on = byDefault === true && name !== "cordon";
      expect(args).toContain(`--source=${name}=${on ? "on" : "off"}`);
    }
  });

  it("have time to go on answering after they are told to stop", async () => {
    const { spec, container } = podsOf(await render(["--set=nodeStateServer.drainSeconds=20"]));
    expect(container.args).toContain("--drain-seconds=20");
    expect(spec["terminationGracePeriodSeconds"]).toBe(25);
  });

  it("leave ids out where null is set, as OpenShift needs it", async () => {
    const ids = ["runAsUser", "runAsGroup", "fsGroup"].map((id) => `--set=podSecurityContext.${id}=null`);
    const manifests = await render(ids);
    const expected = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
    expect(podsOf(manifests).spec["securityContext"]).toEqual(expected);
    expect(only(manifests, "Pod").spec?.["securityContext"]).toEqual(expected);
  });

  it("run the image by its digest when there is one", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const manifests = await render([`--set=nodeStateServer.image.digest=${digest}`]);
    expect(podsOf(manifests).container.image).toBe(`ghcr.io/crik-dev/node-state-server@${digest}`);
  });
});

describeApiServer("the ResourceQuota for the priority class", () => {
  const gke = ["--kube-version", "v1.34.1-gke.1293000"];
  const kinds = async (args: readonly string[]) => (await render(args)).map(({ kind }) => kind);

  it("is made on GKE, which demands it, and nowhere else", async () => {
    expect(await kinds(gke)).toContain("ResourceQuota");
    expect(await kinds(["--kube-version", "v1.34.1-eks-113cf36"])).not.toContain("ResourceQuota");
  });

  it("is not made in kube-system, nor for a class that GKE does not guard, nor when it is not wanted", async () => {
    expect(await kinds([...gke, "--namespace", "kube-system"])).not.toContain("ResourceQuota");
    expect(await kinds([...gke, "--set=priorityClassName=mine"])).not.toContain("ResourceQuota");
    expect(await kinds([...gke, "--set=priorityClassQuota=false"])).not.toContain("ResourceQuota");
  });
});

describeApiServer("a mistake in the values", () => {
  it.each([
    ["a misspelt key", "nodeStateServer.sources.cordn=false", /'cordn' not allowed/],
    ["a misspelt key of Kubernetes", "resources.request.cpu=1", /'request' not allowed/],
    ["a number for a switch", "nodeStateServer.debug=3", /'\/nodeStateServer\/debug': got number, want boolean/],
    ["no replicas", "replicas=0", /'\/replicas': minimum/],
    ["a word that is none of those possible", "service.type=Clusterip", /'\/service\/type': value must be one of/],
    ["half of a digest", "nodeStateServer.image.digest=sha256:abc", /'\/nodeStateServer\/image\/digest'/],
    ["a duration without a unit", "nodeStateServer.tls.certManager.duration=90", /certManager\/duration'/],
    [
      "two certificates",
      "nodeStateServer.tls.existingSecret=a,nodeStateServer.tls.certManager.enabled=true",
      /existingSecret and certManager.enabled exclude each other/,
    ],
    ["an issuer without a name", "nodeStateServer.tls.certManager.enabled=true", /issuerRef.name is missing/],
    ["nobody's ServiceAccount", "serviceAccount.create=false", /serviceAccount.name is missing/],
    ["a quota for no class", "priorityClassQuota=true,priorityClassName=", /needs a priorityClassName/],
    [
      "metrics that would be scraped twice",
      "metrics.scrapeAnnotations=true,metrics.serviceMonitor.enabled=true",
      /scraped twice/,
    ],
    [
      "another label where the selector's is",
      "podLabels.app\\.kubernetes\\.io/name=mine",
      /podLabels: app.kubernetes.io\/name is how the Service and the Deployment find the pods/,
    ],
  ])("is told: %s", async (_name, values, message) => {
    await expect(render([`--set=${values}`])).rejects.toThrow(message);
  });
});

describeApiServer("the chart's README", () => {
  const examples = codeBlocks(readFileSync(join(chart, "README.md"), "utf8"))
    .filter(({ language }) => language === "yaml values")
    .map(({ code, line }) => ({ code, line }));

  it("shows values at all", () => {
    expect(examples.length).toBeGreaterThan(1);
  });

  it.each(examples)("shows values in line $line that the chart takes", async ({ code }) => {
    const manifests = await render(["--values=-"], chart, code);
    expect(podsOf(manifests).spec["volumes"]).toHaveLength(1);
  });
});

describeApiServer("as a part of another chart", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(await runDirectory(), "parent-chart-"));
    await mkdir(join(folder, "charts"));
    await symlink(chart, join(folder, "charts/node-state-server"));
    await writeFile(
      join(folder, "Chart.yaml"),
      "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n  - name: node-state-server\n    version: '*'\n    condition: node-state-server.enabled\n",
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("takes its values under its name, beside values that are global", async () => {
    const args = ["--set=global.region=eu", "--set=node-state-server.enabled=true,node-state-server.replicas=2"];
    expect(only(await render(args, folder), "Deployment", objectName).spec?.["replicas"]).toBe(2);
  });

  it("is left out by a condition", async () => {
    expect(await render(["--set=node-state-server.enabled=false"], folder)).toEqual([]);
  });
});

describeApiServer("the notes after an installation", () => {
  const notes = async (args: readonly string[]): Promise<string> => {
    const where = ["--namespace", namespace, "--dry-run=client", "--hide-notes=false"];
    const { code, stdout, stderr } = await helmOffline(["install", release, chart, ...where, ...args]);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    return stdout.slice(stdout.indexOf("NOTES:"));
  };

  it("say what to write into crik's configuration, and how crik learns the name of its node", async () => {
    const said = await notes([]);
    expect(said).toContain("nodeStateServerURL: http://crik-node-state-server.crik-system.svc:9376\n");
    expect(said).toContain("KUBERNETES_NODE_NAME");
    expect(said).not.toContain("NOTE:");
  });

  it("name the authority's certificate and the token where these are needed", async () => {
    const said = await notes(withValues([valuesFile("every-value")]));
    expect(said).toContain("nodeStateServerURL: https://crik-second-server.crik-system.svc:9377\n");
    expect(said).toContain("ca.crt of the Secret crik-second-server-tls");
    expect(said).toContain("bearer of the Secret node-state-token");
    const lines = said.split("\n").filter((line) => /^ {2}nodeState/u.test(line));
    const parsed = await parseConfig(`imageDir: /checkpoints\n${lines.join("\n").replaceAll(/^ {2}/gmu, "")}\n`, {
      env: { KUBERNETES_NODE_NAME: "n1" },
    });
    expect(lines).toHaveLength(3);
    expect(parsed.ok ? [] : parsed.issues).toEqual([]);
  });

  it("warn of a token in plain HTTP, and of a single replica", async () => {
    const said = await notes(["--set=nodeStateServer.bearerToken.existingSecret=token,replicas=1"]);
    expect(said).toContain("NOTE: the bearer token travels in plain HTTP");
    expect(said).toContain("NOTE: with one replica");
  });
});
