import { onTestFinished } from "vitest";
import type { Cluster } from "../harness/connect.ts";
import { makeNamespace, type TestNamespace } from "../harness/namespace.ts";
import type { PodBody } from "./running-pod.ts";

/** A namespace that goes when the test is over. If the test has failed, it shows first what was in it. */
export async function makeCaseNamespace(cluster: Cluster): Promise<TestNamespace> {
  const namespace = await makeNamespace(cluster);
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "fail") {
      process.stderr.write(await gather(namespace).catch((error: unknown) => `no evidence: ${error}\n`));
    }
    await namespace[Symbol.asyncDispose]();
  });
  return namespace;
}

async function gather(namespace: TestNamespace): Promise<string> {
  const show = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await namespace.kubectl(args, { allowFailure: true, timeoutMs: 30_000 });
    return `── kubectl ${args.join(" ")}\n${stdout}${stderr}`;
  };
  const parts = [await show("describe", "pods"), await show("get", "events", "--sort-by=.lastTimestamp")];
  const { items } = await namespace.get<{ readonly items: readonly PodBody[] }>(["get", "pods"]);
  for (const { metadata } of items) {
    parts.push(await show("logs", metadata.name, "--all-containers", "--tail=60"));
    // Init containers have no previous one, which would hide the others'.
    parts.push(await show("logs", metadata.name, "--all-containers", "--tail=60", "--previous", "--ignore-errors"));
    parts.push(await show("exec", metadata.name, "--", "/opt/crik/bin/crik", "checkpoints", "/checkpoints"));
  }
  return `${parts.join("\n")}\n`;
}
