import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { runDirectory } from "../../harness/run-directory.ts";
import type { ApiServer } from "../harness/api-server.ts";

/** The file that the container image runs. */
const program = fileURLToPath(new URL("../../../apps/manager/dist/main.js", import.meta.url));

/** One line of the manager's log. */
type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** An answer of one of its servers. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The built manager as a process of its own, in the cluster as far as it can tell. */
export interface ManagerProcess extends AsyncDisposable {
  /** Of the node-state server. */
  readonly url: string;
  readonly metricsUrl: string;
  readonly probesUrl: string;
  readonly pid: number;
  readonly log: readonly LogLine[];
  /** Where it reads its token; what is written there is what the kubelet would rotate. */
  readonly tokenFile: string;
  /** @throws after 3 s without an answer */
  get(url: string): Promise<Answer>;
  /** The state that it tells, or the status when that is not 200: `ready`, `503`. */
  state(node: string): Promise<string>;
  /** Resolves when `/readyz` says 200. */
  untilReady(withinMs?: number): Promise<void>;
  /** Resident memory in MB. */
  residentMegabytes(): Promise<number>;
  /** @returns the exit status, or the signal */
  stop(signal: "SIGTERM" | "SIGKILL"): Promise<number | string | null>;
}

/** How to start one. */
export interface ManagerProcessOptions {
  readonly flags?: readonly string[] | undefined;
  /** Of Node.js. */
  readonly nodeFlags?: readonly string[] | undefined;
  readonly token: string;
  /** A proxy's, or the API server's. */
  readonly port?: number | undefined;
}

/** Starts the manager, and resolves when it listens. */
export async function startManagerProcess(server: ApiServer, options: ManagerProcessOptions): Promise<ManagerProcess> {
  const directory = await mkdtemp(join(await runDirectory(), "manager-"));
  const tokenFile = join(directory, "token");
  await writeFile(tokenFile, options.token);
  await writeFile(join(directory, "ca.crt"), await readFile(server.caFile));
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeFlags ?? []),
      program,
      ...["--host", "127.0.0.1", "--port", "0", "--metrics-port", "0", "--health-probes-port", "0"],
      ...["--service-account-dir", directory],
      ...(options.flags ?? []),
    ],
    {
      env: { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(options.port ?? server.port) },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const log: LogLine[] = [];
  const listening = await firstLine(child, log, "listening");
  const urlOf = (port: unknown): string => `http://127.0.0.1:${port}`;
  const url = urlOf(listening["port"]);
  const probesUrl = urlOf(listening["healthProbesPort"]);

  async function stop(signal: "SIGTERM" | "SIGKILL"): Promise<number | string | null> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, "exit");
    }
    return child.exitCode ?? child.signalCode;
  }

  return {
    url,
    probesUrl,
    metricsUrl: urlOf(listening["metricsPort"]),
    pid: child.pid ?? 0,
    log,
    tokenFile,
    get,
    async state(node) {
      const { status, body } = await get(`${url}/v1/nodes/${node}`);
      return status === 200 ? String(JSON.parse(body).state) : String(status);
    },
    untilReady: (withinMs = 10_000) => until(async () => (await get(`${probesUrl}/readyz`)).status === 200, withinMs),
    async residentMegabytes() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1]) / 1024;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop("SIGKILL");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function firstLine(child: ChildProcess, log: LogLine[], message: string): Promise<LogLine> {
  if (child.stdout === null) throw new Error("the manager has no standard output");
  const lines = createInterface({ input: child.stdout });
  const found = Promise.withResolvers<LogLine>();
  lines.on("line", (line) => {
    const entry: LogLine = JSON.parse(line);
    log.push(entry);
    if (entry.msg === message) found.resolve(entry);
  });
  child.once("exit", (code) => found.reject(new Error(`the manager ended with ${code}: ${JSON.stringify(log)}`)));
  return await found.promise;
}

function get(url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, timeout: 3000 }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.once("timeout", () => asked.destroy(new Error(`no answer of ${url}`)));
    asked.once("error", reject);
    asked.end();
  });
}

/** Resolves when the condition holds. @throws after `withinMs` */
export async function until(condition: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
