import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureKubernetesClients } from "../../api-server/harness/tools.ts";
import { type Lines, readLines } from "../../harness/lines.ts";
import type { Cluster } from "../harness/connect.ts";
import type { TestNamespace } from "../harness/namespace.ts";

/** What a container writes from its start to its end: the application's lines, and those of crik. */
export interface PodLog extends AsyncDisposable {
  readonly lines: Lines;
  /** Resolves when the container has ended. @throws Error with its last lines when it does not, within a minute */
  untilEnd(): Promise<void>;
  /** The lines of crik so far, each with its message and fields. */
  crik(): readonly string[];
  /** When the runtime got the first line that matches, in milliseconds since the epoch. */
  timeOf(pattern: RegExp): number | undefined;
}

/**
 * Reads the log of the container `main` of a pod that runs, until it has ended. It must be asked for while the pod is there: a
 * pod of a StatefulSet has its successor's name, and takes its log with it.
 */
export async function followLog(cluster: Cluster, namespace: TestNamespace, pod: string): Promise<PodLog> {
  const { kubectl } = await ensureKubernetesClients();
  const follow = ["logs", "--follow", "--timestamps", "--container", "main", pod];
  const child = spawn(kubectl, ["--namespace", namespace.name, ...follow], {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const times: number[] = [];
  const plain = new PassThrough();
  const reader = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
  reader.on("line", (line) => {
    const space = line.indexOf(" ");
    times.push(Date.parse(line.slice(0, space)));
    plain.write(`${line.slice(space + 1)}\n`);
  });
  reader.on("close", () => plain.end());
  const lines = readLines(plain, `the log of ${pod}`);
  return {
    lines,
    untilEnd: async () => {
      const end = await Promise.race([lines.end, sleep(60_000, undefined, { ref: false })]);
      if (end !== undefined) return;
      throw new Error(`the container of ${pod} has not ended in 60 s:\n  ${lines.all.slice(-20).join("\n  ")}`);
    },
    crik: () => lines.all.filter((line) => line.startsWith("crik: ")),
    timeOf: (pattern) => times[lines.all.findIndex((line) => pattern.test(line))],
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
