import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { proveContinuity } from "../harness/continuity.ts";
import { bootAgain } from "./cases/boot-again.ts";
import { drainNodeOf } from "./cases/drain.ts";
import { makeCaseNamespace } from "./cases/evidence.ts";
import { applyExample } from "./cases/example.ts";
import { ensureImages } from "./cases/images.ts";
import { measure } from "./cases/measurements.ts";
import { proveCount } from "./cases/prove-count.ts";
import { type RunningPod, runningPod } from "./cases/running-pod.ts";
import { startTicker } from "./cases/start-ticker.ts";
import type { Cluster } from "./harness/connect.ts";
import { describeCluster, describeOwnCluster, ownPart, sharedCluster } from "./harness/shared-cluster.ts";

const chart = fileURLToPath(new URL("../../charts/node-state-server", import.meta.url));
const release = ["node-state-server", "--namespace", "crik-system"] as const;

/** What crik said of its decision at the stop. */
function decision({ log }: RunningPod): string {
  return log
    .crik()
    .filter((line) => /being checkpointed|stopped and not checkpointed/.test(line))
    .join("\n");
}

describeCluster("with the node-state server of the chart", () => {
  let cluster: Cluster;
  const measurements = measure(() => cluster);
  const cleanUp = new AsyncDisposableStack();

  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "busybox", "crik", "node-state-server", "python");
    // Fails where there is one already, which is then somebody's: nothing below may touch it, and nothing be removed.
    await cluster.kubectl(["create", "namespace", "crik-system"]);
    cleanUp.defer(async () => void (await cluster.kubectl(["delete", "namespace", "crik-system", "--wait=false"])));
    const uninstall = ["uninstall", ...release, "--ignore-not-found", "--wait"];
    cleanUp.defer(async () => void (await cluster.helm(uninstall, { timeoutMs: 120_000 })));
    await cluster.helm(["upgrade", "--install", ...release, chart, "--wait"], {
      timeoutMs: 180_000,
    });
  });
  // It runs also when beforeAll has failed.
  afterAll(() => cleanUp.disposeAsync());

  it("the chart's own test passes", async () => {
    const { stdout } = await cluster.helm(["test", ...release, "--logs"], { timeoutMs: 120_000 });
    expect(stdout).toMatch(/Phase: +Succeeded/);
  });

  it("a rollout makes no checkpoint and begins anew, a drain makes one: node-state.yaml", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await applyExample(namespace, "node-state.yaml");
    await using first = await runningPod(cluster, namespace, "node-state");
    await first.log.lines.waitForLine(/^Count is at 3$/);
    await namespace.kubectl(["rollout", "restart", "statefulset/node-state"]);
    await first.log.untilEnd();
    expect(decision(first)).toMatch(/stopped and not checkpointed .*its node is not going away/);
    await using second = await runningPod(cluster, namespace, "node-state", { after: first });
    await second.log.lines.waitForLine(/^Count is at 3$/, 60_000);
    expect(second.log.lines.all).toContain("Count is at 0");
    await measurements.record("rollout restart: a plain stop, with the manager asked", first);

    await using _ = await drainNodeOf(cluster, namespace, second);
    await second.log.untilEnd();
    expect(decision(second)).toMatch(/being checkpointed .*its node is shutting down: .*cordon/);
    await using third = await runningPod(cluster, namespace, "node-state", { after: second });
    expect(third.node).not.toBe(second.node);
    await proveCount(second.log.lines, third.log.lines);
    await measurements.record("drain, with the manager asked", second, third);
  });

  describeOwnCluster("a genuine shutdown of a node", () => {
    it.each([
      ["that asks when it is told to stop", "false"],
      ["that follows its node all the time", "true"],
    ])("moves a pod %s to another node, and it goes on", async (_, watch) => {
      const namespace = await makeCaseNamespace(cluster);
      const server = "http://crik-node-state-server.crik-system.svc:9376";
      const environment = { CRIK_NODE_STATE_SERVER_URL: server, CRIK_NODE_STATE_WATCH: watch };
      await using first = await startTicker(cluster, namespace, { name: "app", environment });
      const node = ownPart(cluster).node(first.node);
      await using _recovery = { [Symbol.asyncDispose]: () => bootAgain(cluster, node) };
      const announcedAt = Date.now();
      const { released } = await node.shutdown();
      await first.log.untilEnd();
      expect(decision(first)).toMatch(/being checkpointed .*its node is shutting down/);
      await using second = await runningPod(cluster, namespace, "app", { after: first });
      expect(second.node).not.toBe(first.node);
      await proveContinuity(first.log.lines, second.log.lines);
      await released;
      await measurements.record(`node shutdown, watch ${watch}`, first, second);
      const again = (second.log.timeOf(/^TICK /) ?? 0) - announcedAt;
      process.stderr.write(
        `crik tests: from the announced shutdown to the application on the other node: ${again} ms\n`,
      );
    });
  });
});
