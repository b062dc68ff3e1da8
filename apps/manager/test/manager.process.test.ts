import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as requestHttp } from "node:http";
import { Agent, request as requestHttps } from "node:https";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startManager } from "../src/manager.ts";
import type { ManagerOptions } from "../src/options.ts";
import { certificateFor } from "./certificate.ts";
import { type ScriptedApiServer, startScriptedApiServer } from "./scripted-api-server.ts";
import { until } from "./until.ts";

let directory: string;
let apiServer: ScriptedApiServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "crik-manager-"));
  apiServer = await startScriptedApiServer({});
});
afterAll(async () => {
  await apiServer?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

function start(options: Partial<ManagerOptions> = {}) {
  const ports = { port: 0, metricsPort: 0, healthProbesPort: 0 };
  const log = pino({ level: "silent" });
  return startManager({
    loadEndpoint: apiServer.loadEndpoint,
    log,
    version: "1.2.3",
    host: "127.0.0.1",
    ...ports,
    ...options,
  });
}

interface Asked {
  readonly ca?: string;
  readonly token?: string;
  /** @defaultValue a connection of its own */
  readonly agent?: Agent;
}

function status(port: number, path: string, { ca, token, agent }: Asked = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const options = { host: "127.0.0.1", port, path, headers, agent: agent ?? false };
    const asked = ca === undefined ? requestHttp(options) : requestHttps({ ...options, ca });
    asked.once("response", (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
    });
    asked.once("error", reject);
    asked.end();
  });
}

describe.concurrent("a manager", () => {
  it("answers from its start, and of nodes when it knows them", async () => {
    const never = await startScriptedApiServer({ list() {} });
    await using parts = new AsyncDisposableStack();
    parts.use(never);
    const waiting = parts.use(await start({ loadEndpoint: never.loadEndpoint }));
    expect(await status(waiting.healthProbesPort, "/healthz")).toBe(200);
    expect(await status(waiting.healthProbesPort, "/readyz")).toBe(503);
    expect(await status(waiting.port, "/v1/nodes/a")).toBe(503);
    expect(await status(waiting.metricsPort, "/metrics")).toBe(200);
    const manager = parts.use(await start());
    await until(async () => (await status(manager.healthProbesPort, "/readyz")) === 200);
    expect(await status(manager.port, "/v1/nodes/a")).toBe(200);
    expect(await status(manager.port, "/v1/nodes/z")).toBe(404);
  });

  it("tells nothing beside its paths", async () => {
    await using manager = await start();
    expect(await status(manager.healthProbesPort, "/")).toBe(404);
    expect(await status(manager.metricsPort, "/healthz")).toBe(404);
    expect(await status(manager.port, "/metrics")).toBe(404);
  });

  it("takes a renewed certificate without cutting a connection", async () => {
    const [one, two] = await Promise.all([certificateFor("one"), certificateFor("two")]);
    const certFile = join(directory, "tls.crt");
    const keyFile = join(directory, "tls.key");
    await Promise.all([writeFile(certFile, one.cert), writeFile(keyFile, one.key)]);
    await using manager = await start({ tls: { certFile, keyFile } });
    const kept = new Agent({ keepAlive: true, ca: one.cert });
    expect(await status(manager.port, "/openapi.json", { ca: one.cert, agent: kept })).toBe(200);
    // As it is for a moment in a rotation: the two do not belong together.
    await writeFile(certFile, two.cert);
    await new Promise((resolve) => setTimeout(resolve, 5500));
    expect(await status(manager.port, "/openapi.json", { ca: one.cert })).toBe(200);
    await writeFile(keyFile, two.key);
    await until(() => status(manager.port, "/openapi.json", { ca: two.cert }).then(Boolean, () => false), 8000);
    await expect(status(manager.port, "/openapi.json", { ca: one.cert })).rejects.toThrow();
    expect(await status(manager.port, "/openapi.json", { ca: one.cert, agent: kept })).toBe(200);
    kept.destroy();
  });

  it("takes a renewed token", async () => {
    const tokenFile = join(directory, "token");
    await writeFile(tokenFile, "one\n");
    await using manager = await start({ tokenFile });
    expect(await status(manager.port, "/openapi.json")).toBe(401);
    expect(await status(manager.port, "/openapi.json", { token: "one" })).toBe(200);
    await writeFile(tokenFile, "two\n");
    await until(async () => (await status(manager.port, "/openapi.json", { token: "two" })) === 200, 8000);
    expect(await status(manager.port, "/openapi.json", { token: "one" })).toBe(401);
  });

  it("leaves nothing behind when it cannot start", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await expect(start({ port })).rejects.toMatchObject({ code: "ERR_MANAGER_LISTEN" });
    taken.close();
    const tokenFile = join(directory, "empty");
    await writeFile(tokenFile, " \n");
    await expect(start({ tokenFile })).rejects.toMatchObject({ code: "ERR_MANAGER_FILE", message: /empty/u });
    await expect(start({ tokenFile: "/nonexistent" })).rejects.toMatchObject({ code: "ERR_MANAGER_FILE" });
  });

  it("cuts a client off that does not finish its request, on each port, with TLS before its handshake too", async () => {
    const { cert, key } = await certificateFor();
    const certFile = join(directory, "slow.crt");
    const keyFile = join(directory, "slow.key");
    await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
    await using plain = await start();
    await using secure = await start({ tls: { certFile, keyFile } });
    const head = "GET /openapi.json HTTP/1.1\r\nHost: ";
    const since = performance.now();
    const closed = [plain.port, plain.metricsPort, plain.healthProbesPort, secure.port].map(async (port) => {
      const socket = connect(port, "127.0.0.1");
      if (port !== secure.port) socket.write(head);
      await once(socket.resume(), "close");
    });
    await Promise.all(closed);
    expect(performance.now() - since).toBeLessThan(12_000);
  });

  it("answers while it drains, and is gone at once when it is closed meanwhile", async () => {
    const manager = await start({ drainSeconds: 60 });
    await until(async () => (await status(manager.healthProbesPort, "/readyz")) === 200);
    const drained = manager.drain();
    expect(await status(manager.healthProbesPort, "/readyz")).toBe(503);
    expect(await status(manager.port, "/v1/nodes/a")).toBe(200);
    await manager.close();
    await drained;
    await expect(status(manager.port, "/v1/nodes/a")).rejects.toThrow(/ECONNREFUSED/u);
  });
});

describe.concurrent("the manager's program", () => {
  const program = fileURLToPath(new URL("../src/main.ts", import.meta.url));

  async function run(argv: readonly string[], signals: readonly NodeJS.Signals[] = []) {
    const child = spawn(process.execPath, [program, ...argv], { env: {}, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let listeningAt: number | undefined;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (listeningAt === undefined && output.includes('"listening"')) {
          listeningAt = performance.now();
          for (const [index, signal] of signals.entries()) setTimeout(() => child.kill(signal), 300 * index);
        }
      });
    }
    const [code] = await once(child, "close");
    return { code, output, listenedMs: performance.now() - (listeningAt ?? 0) };
  }

  it("explains itself", async () => {
    expect(await run(["--help"])).toMatchObject({ code: 0, output: expect.stringContaining("--drain-seconds N") });
    expect(await run(["--version"])).toMatchObject({ code: 0, output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/u) });
  });

  it("ends with 64 when it is used wrongly, and with 78 when a file will not do", async () => {
    expect(await run(["--prot", "1"])).toMatchObject({ code: 64, output: "Unknown option '--prot'\nSee --help.\n" });
    const { code, output } = await run(["--kubeconfig", "/nonexistent/config"]);
    expect(code).toBe(78);
    expect(JSON.parse(output)).toMatchObject({ level: "fatal", code: "ERR_API_CREDENTIALS", msg: "cannot start" });
  });

  it("ends with 1 when it cannot listen", async () => {
    const argv = ["--kubeconfig", await kubeconfigOfNobody(), "--health-probes-port", "0", "--host", "192.0.2.1"];
    const { code, output } = await run(argv);
    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ level: "fatal", code: "ERR_MANAGER_LISTEN", msg: "cannot start" });
  });

  it("goes on without an API server, and ends at once at the second SIGTERM", async () => {
    const ports = ["--port", "0", "--metrics-port=0", "--health-probes-port=0", "--host", "127.0.0.1"];
    const argv = ["--kubeconfig", await kubeconfigOfNobody(), ...ports, "--drain-seconds", "60"];
    const { code, output, listenedMs } = await run(argv, ["SIGTERM", "SIGTERM"]);
    expect(code).toBe(0);
    expect(listenedMs).toBeLessThan(20_000);
    expect(output).toContain('"stopping"');
    expect(output).toContain("ECONNREFUSED");
    expect(output).not.toContain("secret");
  });
});

/** A kubeconfig that can be used, of an API server that is not there. */
async function kubeconfigOfNobody(): Promise<string> {
  const file = join(directory, "config");
  const cluster = { server: "https://127.0.0.1:1" };
  await writeFile(
    file,
    JSON.stringify({
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user: { token: "secret" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    }),
  );
  return file;
}
