import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { inCluster } from "../src/credentials/in-cluster.ts";
import { fromKubeconfig } from "../src/credentials/kubeconfig.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "crik-credentials-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function kubeconfig(user: object, cluster: object = {}): Promise<string> {
  const file = join(directory, `${Math.random()}.json`);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: "https://api.example.com:6443/base", ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

describe("a kubeconfig", () => {
  it("gives the server, its authorities and a token", async () => {
    const ca = Buffer.from("authorities").toString("base64");
    const load = fromKubeconfig(await kubeconfig({ token: "secret" }, { "certificate-authority-data": ca }));
    const endpoint = await load();
    expect(endpoint.url.href).toBe("https://api.example.com:6443/base");
    expect(String(endpoint.tls.ca)).toBe("authorities");
    expect(await endpoint.headers()).toMatchObject({ authorization: "Bearer secret" });
  });

  it("is read anew each time", async () => {
    const file = await kubeconfig({ token: "one" });
    const load = fromKubeconfig(file);
    expect(await (await load()).headers()).toMatchObject({ authorization: "Bearer one" });
    await writeFile(file, (await import("node:fs")).readFileSync(file, "utf8").replace("one", "two"));
    expect(await (await load()).headers()).toMatchObject({ authorization: "Bearer two" });
  });

  it("may have a program that gives a token", async () => {
    const plugin = join(directory, "plugin");
    const credential = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: "made" },
    };
    await writeFile(plugin, `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`);
    await chmod(plugin, 0o755);
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: plugin, interactiveMode: "Never" };
    const endpoint = await fromKubeconfig(await kubeconfig({ exec }))();
    expect(await endpoint.headers()).toMatchObject({ authorization: "Bearer made" });
  });

  it.each([
    ["through a proxy", {}, { "proxy-url": "http://proxy:3128" }, /proxy-url/u],
    ["without TLS", {}, { server: "http://api.example.com" }, /http:\/\/api\.example\.com is not an https: one/u],
    ["whose program fails", { exec: { command: "/nonexistent/plugin" } }, {}, /cannot be authenticated/u],
  ])("%s cannot be used, and that is said", async (_, user, cluster, message) => {
    await expect(fromKubeconfig(await kubeconfig(user, cluster))()).rejects.toMatchObject({
      code: "ERR_API_CREDENTIALS",
      message: expect.stringMatching(message),
    });
  });

  it("that is not there is named", async () => {
    await expect(fromKubeconfig("/nonexistent/config")()).rejects.toMatchObject({
      code: "ERR_API_CREDENTIALS",
      message: expect.stringContaining("/nonexistent/config"),
    });
  });
});

describe("in a pod", () => {
  it("the token is read for each request, the authorities for each connection", async () => {
    await writeFile(join(directory, "ca.crt"), "authorities");
    await writeFile(join(directory, "token"), "one\n");
    const load = inCluster({ host: "fd00::1", port: "443", directory });
    const endpoint = await load();
    expect(endpoint.url.href).toBe("https://[fd00::1]/");
    expect(endpoint.tls.ca).toBe("authorities");
    expect(await endpoint.headers()).toEqual({ authorization: "Bearer one" });
    await writeFile(join(directory, "token"), "two\n");
    expect(await endpoint.headers()).toEqual({ authorization: "Bearer two" });
    await writeFile(join(directory, "ca.crt"), "others");
    expect((await load()).tls.ca).toBe("others");
  });

  it("without a service account's token that is said", async () => {
    await expect(inCluster({ host: "10.0.0.1", port: "443", directory: "/nonexistent" })()).rejects.toMatchObject({
      code: "ERR_API_CREDENTIALS",
      hint: expect.stringContaining("automountServiceAccountToken"),
    });
  });
});
