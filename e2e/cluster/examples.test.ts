import { beforeAll, expect, it } from "vitest";
import { makeCaseNamespace } from "./cases/evidence.ts";
import { applyExample, evict } from "./cases/example.ts";
import { ensureImages } from "./cases/images.ts";
import { measure } from "./cases/measurements.ts";
import { proveCount } from "./cases/prove-count.ts";
import { runningPod } from "./cases/running-pod.ts";
import type { Cluster } from "./harness/connect.ts";
import { describeCluster, sharedCluster } from "./harness/shared-cluster.ts";

describeCluster("an example, as it is written", () => {
  let cluster: Cluster;
  const measurements = measure(() => cluster);
  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "busybox", "crik", "python", "simple-loop");
  });

  it.each(["deployment", "user-namespace", "non-root"])("goes on in the next pod: %s.yaml", async (name) => {
    const namespace = await makeCaseNamespace(cluster);
    await applyExample(namespace, `${name}.yaml`);
    await using first = await runningPod(cluster, namespace, name);
    await first.log.lines.waitForLine(/^Count is at 3\b/);
    await namespace.kubectl(["delete", `pod/${first.name}`]);
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, name, { after: first });
    await proveCount(first.log.lines, second.log.lines);
    await measurements.record(`${name}.yaml`, first, second);
  });

  it("adds up to the right sum, and is complete once, although it is evicted in the middle: job.yaml", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await applyExample(namespace, "job.yaml");
    await using first = await runningPod(cluster, namespace, "job");
    await first.log.lines.waitForLine(/^step 5 of 30/);
    await evict(namespace, first.name);
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "job", { after: first });
    await namespace.waitForCondition("job/job", "Complete", 120_000);
    await second.log.untilEnd();
    const steps = [...first.log.lines.all, ...second.log.lines.all].filter((line) => line.startsWith("step "));
    const expected = Array.from(
      { length: 30 },
      (_, index) => `step ${index + 1} of 30: ${((index + 1) * (index + 2)) / 2}`,
    );
    expect(steps).toEqual(expected);
    expect(second.log.lines.all).toContain("the sum is 465");
    const { status } = await namespace.get<Job>(["get", "job/job"]);
    expect(status).toMatchObject({ succeeded: 1 });
    expect(status.failed ?? 0).toBe(0);
    await measurements.record("job.yaml, evicted", first, second);
  });
});

interface Job {
  readonly status: { readonly succeeded?: number; readonly failed?: number };
}
