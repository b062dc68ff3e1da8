import { beforeAll, expect, it } from "vitest";
import { proveContinuity } from "../harness/continuity.ts";
import { makeCaseNamespace } from "./cases/evidence.ts";
import { ensureImages } from "./cases/images.ts";
import { killContainer } from "./cases/kill-container.ts";
import { measure } from "./cases/measurements.ts";
import { proveFresh } from "./cases/prove-fresh.ts";
import { mainStatus, type PodBody, type RunningPod, runningPod } from "./cases/running-pod.ts";
import { startTicker } from "./cases/start-ticker.ts";
import { ticker } from "./cases/ticker.ts";
import type { Cluster } from "./harness/connect.ts";
import type { TestNamespace } from "./harness/namespace.ts";
import { describeCluster, describeOwnCluster, sharedCluster } from "./harness/shared-cluster.ts";

let cluster: Cluster;
const measurements = measure(() => cluster);

/** How the container of a pod ended before the one that is there now. */
async function lastEnd(namespace: TestNamespace, pod: string): Promise<object | undefined> {
  return mainStatus(await namespace.get<PodBody>(["get", `pod/${pod}`]))?.lastState.terminated;
}

/** The application's own pid. */
function pidOf(pod: RunningPod): string {
  return /^START (\d+)$/.exec(pod.log.lines.all.find((line) => line.startsWith("START")) ?? "")?.[1] ?? "";
}

describeCluster("a container that ends, and is started again in its pod", () => {
  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "busybox", "crik", "python");
  });

  it("goes on from its checkpoint when it got SIGTERM, and tells so in the termination message", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app" });
    await namespace.kubectl(["exec", "app-0", "--", "kill", "1"]);
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveContinuity(first.log.lines, second.log.lines);
    expect(await lastEnd(namespace, "app-0")).toMatchObject({
      exitCode: 143,
      message: "crik: checkpointed as generation 1, and goes on where that is restored",
    });
    await measurements.record("SIGTERM inside, same pod", first, second);
  });

  it("is looked at with kubectl exec: its checkpoints, and the versions", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app" });
    await namespace.kubectl(["delete", "pod/app-0"]);
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await second.log.lines.waitForLine(/^TICK /);
    const crik = async (...args: readonly string[]) =>
      (await namespace.kubectl(["exec", "app-0", "--", "/opt/crik/bin/crik", ...args])).stdout;
    expect(JSON.parse(await crik("checkpoints", "--json"))).toMatchObject({
      directory: "/checkpoints",
      generations: [{ number: 1, state: "consumed", resumed: true, hostname: "app-0", mode: "unprivileged" }],
    });
    expect(await crik("checkpoints")).toMatch(/^# +STATE +SIZE.*\n1 +consumed/);
    expect(await crik("version")).toMatch(/^crik +0\.0\.0/m);
    expect(JSON.parse(await crik("version", "--json"))).toHaveProperty("crik", "0.0.0");
    // Two lives in a few lines each.
    expect(first.log.crik()).toEqual([
      expect.stringMatching(/^crik: the application is started afresh/),
      expect.stringMatching(/^crik: asked to stop: the application is being checkpointed/),
      expect.stringMatching(/^crik: the checkpoint is on the disk/),
      expect.stringMatching(/^crik: checkpointed/),
      expect.stringMatching(/^crik: the application goes on where its checkpoint is restored/),
    ]);
    expect(second.log.crik().at(0)).toMatch(/^crik: restoring the application/);
    expect(second.log.crik()).toContainEqual(expect.stringMatching(/^crik: restored/));
  });

  it.each([
    [
      "with status 1",
      1,
      async (namespace: TestNamespace) =>
        void (await namespace.kubectl(["exec", "app-0", "--", "touch", "/tmp/crash"])),
    ],
    [
      "by SIGKILL",
      137,
      async (namespace: TestNamespace, pod: RunningPod) =>
        void (await namespace.kubectl(["exec", "app-0", "--", "kill", "-9", pidOf(pod)])),
    ],
  ] as const)(
    "begins anew when its application has crashed %s, whatever checkpoints there are",
    async (_, code, crash) => {
      const namespace = await makeCaseNamespace(cluster);
      await using first = await startTicker(cluster, namespace, { name: "app" });
      await namespace.kubectl(["delete", "pod/app-0"]);
      await first.log.untilEnd();
      await using second = await runningPod(cluster, namespace, "app", { after: first });
      await proveContinuity(first.log.lines, second.log.lines);
      await crash(namespace, first);
      await second.log.untilEnd();
      await using third = await runningPod(cluster, namespace, "app", { after: second });
      await proveFresh(third, /every checkpoint was restored already/);
      expect(await lastEnd(namespace, "app-0")).toMatchObject({ exitCode: code });
      expect(await lastEnd(namespace, "app-0")).not.toHaveProperty("message");
      // And that one has a state of its own.
      await namespace.kubectl(["delete", "pod/app-0"]);
      await third.log.untilEnd();
      await using fourth = await runningPod(cluster, namespace, "app", { after: third });
      await proveContinuity(third.log.lines, fourth.log.lines);
    },
  );

  it("tells that its memory was used up, when the kernel has killed the application for it", async () => {
    const namespace = await makeCaseNamespace(cluster);
    const script = `import os, time
print("START", os.getpid(), flush=True)
hoard = []
n = 0
while True:
    n += 1
    print("TICK x", n, flush=True)
    if os.path.exists("/tmp/grow"): hoard.append(os.urandom(8 << 20))
    else: time.sleep(0.2)`;
    await namespace.apply(
      ticker({
        name: "app",
        application: { image: "python:3.13-slim", command: ["python3", "-c", script] },
        container: { resources: { limits: { memory: "128Mi" } } },
      }),
    );
    await using first = await runningPod(cluster, namespace, "app");
    await first.log.lines.waitForLine(/^TICK x 3$/);
    await namespace.kubectl(["exec", "app-0", "--", "touch", "/tmp/grow"]);
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveFresh(second, /started afresh/);
    const told = "the kernel has killed a process of this container because its memory was used up";
    expect(first.log.crik().join("\n")).toContain(told);
    expect(await lastEnd(namespace, "app-0")).toMatchObject({
      exitCode: 137,
      reason: "OOMKilled",
      message: `crik: ${told}`,
    });
  });
});

describeOwnCluster("a container that is killed as a whole", () => {
  it("begins anew, since what it had was in its memory", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app" });
    await namespace.kubectl(["delete", "pod/app-0"]);
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveContinuity(first.log.lines, second.log.lines);
    await killContainer(cluster, second);
    await second.log.untilEnd();
    await using third = await runningPod(cluster, namespace, "app", { after: second });
    await proveFresh(third, /every checkpoint was restored already/);
  });
});
