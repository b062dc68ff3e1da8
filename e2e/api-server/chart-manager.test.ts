import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, it } from "vitest";
import { collect, type ExecResult } from "../harness/exec.ts";
import { runDirectory } from "../harness/run-directory.ts";
import {
  chart,
  type Manifest,
  namespace,
  objectName,
  only,
  podsOf,
  release,
  render,
  valuesFiles,
  withValues,
} from "./chart/chart.ts";
import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import { createNodes } from "./harness/nodes.ts";
import { describeApiServer } from "./harness/platform.ts";
import { type ManagerProcess, startManagerProcess } from "./manager/manager-process.ts";

describeApiServer("the real manager, run as the chart's pods run it", () => {
  let server: ApiServer;
  /** What `/etc/crik` is in the pods. */
  let folder: string;

  beforeAll(async () => {
    server = await startApiServer();
    await server.kubectl(["create", "namespace", namespace]);
    await server.helm(["install", release, chart, "--namespace", namespace]);
    await createNodes(server, ["n1"]);
    folder = await mkdtemp(join(await runDirectory(), "etc-crik-"));
    await mkdir(join(folder, "tls"));
    await mkdir(join(folder, "token"));
    const altNames = [{ type: 2, value: "localhost" }] as const;
    const pems = await generate([{ name: "commonName", value: "localhost" }], {
      extensions: [{ name: "subjectAltName", altNames: [...altNames] }],
    });
    await writeFile(join(folder, "tls/tls.crt"), pems.cert);
    await writeFile(join(folder, "tls/tls.key"), pems.private);
    await writeFile(join(folder, "tls/ca.crt"), pems.cert);
    await writeFile(join(folder, "token/token"), "s3cret\n");
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const here = (text: string): string => text.replace("/etc/crik", folder);

  /** Starts the manager with the chart's flags, but for the ports, and with the token of the chart's ServiceAccount. */
  const start = async (manifests: readonly Manifest[]): Promise<ManagerProcess> => {
    const flags = podsOf(manifests).container.args.map((flag) => here(flag).replace(/^(--\S*port)=\d+$/u, "$1=0"));
    expect(flags.filter((flag) => flag.endsWith("port=0"))).toHaveLength(3);
    const token = await server.serviceAccountToken({ namespace, name: objectName });
    return startManagerProcess(server, { flags, token });
  };

  /** Runs what the pod of helm's test runs. */
  const runTest = async (manifests: readonly Manifest[], manager: ManagerProcess, changes: object = {}) => {
    const [container] = only(manifests, "Pod").spec?.containers ?? [];
    const [node, ...flags] = container?.command ?? [];
    expect(node).toBe("node");
    const given = Object.fromEntries((container?.env ?? []).map(({ name, value = "" }) => [name, here(value)]));
    const { protocol } = new URL(given["NODE_STATE_SERVER_URL"] ?? "");
    const url = `${protocol}//localhost:${new URL(manager.url).port}`;
    const environment = { ...given, NODE_STATE_SERVER_URL: url, ...changes };
    const result: ExecResult = await collect([process.execPath, ...flags, ...(container?.args ?? [])], environment);
    return { ...result, url };
  };

  it.each(Object.entries(valuesFiles))("takes the flags and answers helm's test, with %s", async (_name, files) => {
    const manifests = await render(withValues(files));
    await using manager = await start(manifests);
    await manager.untilReady();
    const { code, stdout, stderr, url } = await runTest(manifests, manager);
    expect([stdout, stderr, code]).toEqual([`${url} knows 1 nodes; n1 is ready\n`, "", 0]);
    expect(await manager.stop("SIGKILL")).toBe("SIGKILL");
  });

  it("fails helm's test when it is asked with a wrong token", async () => {
    const manifests = await render(["--set=nodeStateServer.bearerToken.existingSecret=token"]);
    await using manager = await start(manifests);
    await manager.untilReady();
    const wrong = join(folder, "wrong-token");
    await writeFile(wrong, "guessed");
    const { code, stderr } = await runTest(manifests, manager, { NODE_STATE_TOKEN_FILE: wrong, PATIENCE_SECONDS: "0" });
    expect(code).toBe(1);
    expect(stderr).toContain("does not answer as it should: /v1/nodes was answered with 401");
  });

  it("ends within the pod's grace period when it is told to stop", async () => {
    const manifests = await render();
    await using manager = await start(manifests);
    await manager.untilReady();
    const startedAt = performance.now();
    expect(await manager.stop("SIGTERM")).toBe(0);
    const seconds = (performance.now() - startedAt) / 1000;
    expect(seconds).toBeLessThan(Number(podsOf(manifests).spec["terminationGracePeriodSeconds"]));
  });
});
