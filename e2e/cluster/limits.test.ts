import { beforeAll, expect, it } from "vitest";
import { proveContinuity } from "../harness/continuity.ts";
import { heavy } from "./cases/applications.ts";
import { makeCaseNamespace } from "./cases/evidence.ts";
import { ensureImages } from "./cases/images.ts";
import { measure } from "./cases/measurements.ts";
import { proveFresh } from "./cases/prove-fresh.ts";
import { runningPod } from "./cases/running-pod.ts";
import { startTicker } from "./cases/start-ticker.ts";
import type { Cluster } from "./harness/connect.ts";
import { describeCluster, sharedCluster } from "./harness/shared-cluster.ts";

describeCluster("a memory limit that is tight around the application", () => {
  let cluster: Cluster;
  const measurements = measure(() => cluster);
  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "busybox", "crik", "python");
  });

  const memory = (limit: string) => ({ resources: { limits: { memory: limit } } });

  // The application alone has 216 MiB.
  it("lets it be checkpointed and restored all the same", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, {
      name: "app",
      application: heavy(200),
      container: memory("240Mi"),
    });
    await namespace.kubectl(["delete", "pod/app-0"]);
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveContinuity(first.log.lines, second.log.lines);
    expect(second.log.lines.all.join("\n")).not.toContain("BROKEN");
    await measurements.record("200 MiB of memory under a limit of 240 MiB", first, second);
  });

  it("costs the checkpoint where nothing is left for CRIU, and not the application its plain stop", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, {
      name: "app",
      application: heavy(200),
      container: memory("220Mi"),
    });
    await namespace.kubectl(["delete", "pod/app-0"]);
    await first.log.untilEnd();
    const said = first.log.crik().join("\n");
    expect(said).toMatch(/no checkpoint: the dump failed/);
    expect(first.log.lines.all.join("\n")).toMatch(/MiB are left under the memory limit of the container/);
    expect(said).toMatch(/the application is stopped and not checkpointed .*the checkpoint failed/);
    expect(first.log.lines.all).toContain("TERM");
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveFresh(second, /there is no checkpoint yet/);
  });
});
