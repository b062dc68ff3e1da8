import { beforeAll, expect, it } from "vitest";
import { proveContinuity } from "../harness/continuity.ts";
import { drainNodeOf } from "./cases/drain.ts";
import { makeCaseNamespace } from "./cases/evidence.ts";
import { ensureImages } from "./cases/images.ts";
import { measure } from "./cases/measurements.ts";
import { runningPod } from "./cases/running-pod.ts";
import { startTicker } from "./cases/start-ticker.ts";
import type { Cluster } from "./harness/connect.ts";
import { describeCluster, sharedCluster } from "./harness/shared-cluster.ts";

describeCluster("a pod that is told to stop", () => {
  let cluster: Cluster;
  const measurements = measure(() => cluster);
  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "busybox", "crik");
  });

  it("goes on in the next one, and in the one after that, and once more", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app" });
    await using pods = new AsyncDisposableStack();
    let before = first;
    for (const generation of [1, 2, 3]) {
      await namespace.kubectl(["delete", "pod/app-0"]);
      await before.log.untilEnd();
      const next = pods.use(await runningPod(cluster, namespace, "app", { after: before }));
      await proveContinuity(before.log.lines, next.log.lines);
      await measurements.record(`delete, generation ${generation}`, before, next);
      before = next;
    }
  });

  it("goes on on the other node when its own is cordoned and it is deleted, and comes back by a drain", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app" });
    const uncordon = async () => void (await cluster.kubectl(["uncordon", first.node]));
    await using _cordon = { [Symbol.asyncDispose]: uncordon };
    await cluster.kubectl(["cordon", first.node]);
    await namespace.kubectl(["delete", "pod/app-0"]);
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    expect(second.node).not.toBe(first.node);
    await proveContinuity(first.log.lines, second.log.lines);
    await measurements.record("cordon and delete", first, second);

    await uncordon();
    await using _drained = await drainNodeOf(cluster, namespace, second);
    await second.log.untilEnd();
    await using third = await runningPod(cluster, namespace, "app", { after: second });
    expect(third.node).not.toBe(second.node);
    await proveContinuity(second.log.lines, third.log.lines);
    await measurements.record("drain", second, third);
  });
});
