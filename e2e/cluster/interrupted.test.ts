import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { heavy } from "./cases/applications.ts";
import { makeCaseNamespace } from "./cases/evidence.ts";
import { ensureImages } from "./cases/images.ts";
import { killContainer } from "./cases/kill-container.ts";
import { proveFresh } from "./cases/prove-fresh.ts";
import { runningPod } from "./cases/running-pod.ts";
import { startTicker } from "./cases/start-ticker.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/connect.ts";
import { makeNamespace, type TestNamespace } from "./harness/namespace.ts";
import { describeCluster, describeOwnCluster, ownPart, sharedCluster } from "./harness/shared-cluster.ts";
import { waitFor } from "./harness/wait.ts";

/** Takes the better part of a second to be dumped. */
const large = heavy(800);

/** Tells the pod to stop, and waits until its checkpoint is being written. */
async function beginCheckpoint(namespace: TestNamespace, directory: string): Promise<void> {
  await namespace.kubectl(["delete", "pod/app-0", "--wait=false"]);
  await waitFor(async () => (await readdir(directory)).some((name) => name.includes(".staging.")), {
    what: "a checkpoint that is being written",
    intervalMs: 5,
  });
}

/** Proves that there is a checkpoint that was begun, and none that was finished. */
async function proveHalf(directory: string): Promise<void> {
  const generations = (await readdir(directory)).filter((name) => /^\d{6}\./.test(name));
  expect(generations).toEqual([expect.stringContaining(".staging.")]);
}

/** The image directory of the pod `app-0`, as this machine sees it. */
async function imageDirectoryOf(cluster: Cluster, namespace: TestNamespace): Promise<string> {
  const claim = await namespace.get<{ readonly spec: { readonly volumeName: string } }>([
    "get",
    "pvc/checkpoints-app-0",
  ]);
  return join(ownPart(cluster).sharedDirectory, claim.spec.volumeName);
}

describeCluster("a grace period that is too short for the dump", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "crik", "python");
  });

  it("still has the application stopped properly, and nothing half is restored", async () => {
    const namespace = await makeCaseNamespace(cluster);
    const environment = { CRIK_STOP_RESERVE: "9800ms" };
    await using first = await startTicker(cluster, namespace, {
      name: "app",
      application: large,
      graceSeconds: 10,
      environment,
    });
    await namespace.kubectl(["delete", "pod/app-0"]);
    await first.log.untilEnd();
    expect(first.log.lines.all).toContain("TERM");
    expect(first.log.crik().join("\n")).toMatch(
      /stopped and not checkpointed .*(the grace period was too short|the checkpoint failed)/,
    );
    // The application's own status: it was not killed.
    expect(first.log.crik().at(-1)).toMatch(/the application has ended exitCode=3/);
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveFresh(second, /there is no checkpoint/);
  });
});

describeOwnCluster("a checkpoint that is being written", () => {
  it("is never restored when its container is killed", async () => {
    const cluster = await sharedCluster();
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app", application: large });
    const directory = await imageDirectoryOf(cluster, namespace);
    await beginCheckpoint(namespace, directory);
    await killContainer(cluster, first);
    await first.log.untilEnd();
    await proveHalf(directory);
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveFresh(second, /there is no checkpoint/);
  });

  it("is never restored when its node loses power", async () => {
    // The node does not come back, so this is a cluster of its own.
    await using cluster = await startCluster();
    await ensureImages(cluster, "crik", "python");
    const namespace = await makeNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app", application: large });
    const directory = await imageDirectoryOf(cluster, namespace);
    await beginCheckpoint(namespace, directory);
    await ownPart(cluster).node(first.node).kill();
    await proveHalf(directory);
    // Nobody else may declare a pod dead whose node is silent: the administrator does, and lets none be put there.
    await cluster.kubectl(["cordon", first.node]);
    await namespace.kubectl(["delete", "pod/app-0", "--force"]);
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    expect(second.node).not.toBe(first.node);
    await proveFresh(second, /there is no checkpoint/);
  });
});
