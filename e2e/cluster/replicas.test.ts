import { beforeAll, it } from "vitest";
import { proveContinuity } from "../harness/continuity.ts";
import { makeCaseNamespace } from "./cases/evidence.ts";
import { ensureImages } from "./cases/images.ts";
import { runningPod } from "./cases/running-pod.ts";
import { sharedClaim, ticker } from "./cases/ticker.ts";
import type { Cluster } from "./harness/connect.ts";
import { describeCluster, sharedCluster } from "./harness/shared-cluster.ts";

describeCluster("two replicas that share one volume", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "busybox", "crik");
  });

  it("go on each with its own state, from a folder that has the replica's name", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await namespace.apply(sharedClaim, ticker({ name: "app", sharedBy: 2 }));
    const names = ["app-0", "app-1"] as const;
    await using pods = new AsyncDisposableStack();
    const firsts = [];
    for (const name of names) firsts.push(pods.use(await runningPod(cluster, namespace, "app", { name })));
    for (const { log } of firsts) await log.lines.waitForLine(/^TICK \S+ 3$/);
    await namespace.kubectl(["delete", "pod", ...names]);
    for (const [index, first] of firsts.entries()) {
      await first.log.untilEnd();
      const second = pods.use(await runningPod(cluster, namespace, "app", { name: names[index], after: first }));
      await proveContinuity(first.log.lines, second.log.lines);
    }
  });
});
