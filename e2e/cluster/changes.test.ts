import { beforeAll, expect, it } from "vitest";
import { proveContinuity } from "../harness/continuity.ts";
import { tickScript } from "./cases/applications.ts";
import { documentedCommands } from "./cases/documented-commands.ts";
import { makeCaseNamespace } from "./cases/evidence.ts";
import { ensureImages } from "./cases/images.ts";
import { proveFresh } from "./cases/prove-fresh.ts";
import { mainStatus, type PodBody, runningPod } from "./cases/running-pod.ts";
import { startTicker } from "./cases/start-ticker.ts";
import { ticker } from "./cases/ticker.ts";
import type { Cluster } from "./harness/connect.ts";
import { describeCluster, sharedCluster } from "./harness/shared-cluster.ts";
import { waitFor } from "./harness/wait.ts";

describeCluster("a pod whose template has changed since its checkpoint", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "busybox", "crik", "python");
  });

  const changedCommand = { image: "busybox:1.37", command: ["sh", "-c", `${tickScript} # and more`] };

  it("runs another command from its start, leaves the checkpoint to the command that it is of, and goes back to it", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app" });
    // It makes no checkpoint of its own, which would be the newest.
    const environment = { CRIK_CHECKPOINT_ON: "never" };
    await namespace.apply(ticker({ name: "app", application: changedCommand, environment }));
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveFresh(second, /another command/);
    // A rollout that is undone.
    await namespace.kubectl(["delete", "statefulset/app", "--cascade=foreground"]);
    await second.log.untilEnd();
    await namespace.apply(ticker({ name: "app" }));
    await using third = await runningPod(cluster, namespace, "app", { after: second });
    await proveContinuity(first.log.lines, third.log.lines);
  });

  it("goes on with the old command where that is configured", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app" });
    const environment = { CRIK_IF_COMMAND_CHANGED: "restore" };
    await namespace.apply(ticker({ name: "app", application: changedCommand, environment }));
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveContinuity(first.log.lines, second.log.lines);
  });

  it("does not start at all where that is configured, says why, and keeps the checkpoint", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app" });
    const environment = { CRIK_IF_COMMAND_CHANGED: "fail" };
    await namespace.apply(ticker({ name: "app", application: changedCommand, environment }));
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await second.log.untilEnd();
    expect(second.log.lines.all.filter((line) => /^(START|TICK)/.test(line))).toEqual([]);
    const ended = await waitFor(
      async () => mainStatus(await namespace.get<PodBody>(["get", "pod/app-0"]))?.lastState.terminated,
      { what: "the container to be seen as ended" },
    );
    expect(ended).toMatchObject({
      exitCode: 125,
      message: expect.stringMatching(/^crik: failed: no checkpoint can be restored here.*another command: word 3/),
    });
    // As docs/operations.md has an operator look into it.
    const shown: string[] = [];
    for (const command of documentedCommands("docs/operations.md", "When it went wrong")) {
      const [program, ...args] = command.replace("POD", "app-0").split(" ");
      expect(program).toBe("kubectl");
      shown.push((await namespace.kubectl(args, { timeoutMs: 130_000 })).stdout);
    }
    expect(shown.join("")).toMatch(/^1 +complete/m);
    // The old template again: nothing was lost.
    await namespace.kubectl(["delete", "statefulset/app", "--cascade=foreground"]);
    await namespace.apply(ticker({ name: "app" }));
    await using third = await runningPod(cluster, namespace, "app", { after: second });
    await proveContinuity(first.log.lines, third.log.lines);
  });

  it("cannot go on in another container image, says what differs, and begins anew", async () => {
    const namespace = await makeCaseNamespace(cluster);
    const command = ["sh", "-c", tickScript];
    await using first = await startTicker(cluster, namespace, {
      name: "app",
      application: { image: "busybox:1.37", command },
    });
    await namespace.apply(ticker({ name: "app", application: { image: "python:3.13-slim", command } }));
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveFresh(second, /could not be restored/);
    expect(second.log.lines.all.join("\n")).toMatch(/busybox|bin\/sh|build-ID|No such file/);
    const listed = await namespace.kubectl(["exec", "app-0", "--", "/opt/crik/bin/crik", "checkpoints"]);
    expect(listed.stdout).toMatch(/^1 +quarantined/m);
  });
});
