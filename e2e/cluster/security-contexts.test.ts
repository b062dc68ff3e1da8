import { beforeAll, expect, it } from "vitest";
import { proveContinuity } from "../harness/continuity.ts";
import { makeCaseNamespace } from "./cases/evidence.ts";
import { ensureImages } from "./cases/images.ts";
import { measure } from "./cases/measurements.ts";
import { proveFresh } from "./cases/prove-fresh.ts";
import { runningPod } from "./cases/running-pod.ts";
import { startTicker } from "./cases/start-ticker.ts";
import { leastPrivileges } from "./cases/ticker.ts";
import type { Cluster } from "./harness/connect.ts";
import { describeCluster, sharedCluster } from "./harness/shared-cluster.ts";

const { allowPrivilegeEscalation, ...escalating } = leastPrivileges;
const unconfined = { type: "Unconfined" } as const;

/** What cannot work, what crik says of it, and the line that it names. */
const unable = [
  [
    "the runtime's seccomp filter",
    { ...leastPrivileges, seccompProfile: { type: "RuntimeDefault" } },
    /seccomp/,
    /seccompProfile/,
  ],
  ["two capabilities, and privilege escalation", escalating, /SETPCAP/, /allowPrivilegeEscalation: false/],
  [
    "no capability",
    { allowPrivilegeEscalation, capabilities: { drop: ["ALL"] }, seccompProfile: unconfined },
    /CHECKPOINT_RESTORE/,
    /add: \[CHECKPOINT_RESTORE, SYS_PTRACE\]/,
  ],
  [
    "a user that is not root, to whom Kubernetes gives no capability",
    { ...leastPrivileges, runAsUser: 1000 },
    /CHECKPOINT_RESTORE/,
    /crik install --file-capabilities/,
  ],
] as const;

const both = ["CHECKPOINT_RESTORE", "SYS_PTRACE"];

const able = [
  ["the runtime's capabilities and two more", { capabilities: { add: both }, seccompProfile: unconfined }, {}],
  [
    "SETPCAP in place of allowPrivilegeEscalation: false",
    { capabilities: { drop: ["ALL"], add: [...both, "SETPCAP"] }, seccompProfile: unconfined },
    {},
  ],
  [
    "CHECKPOINT_RESTORE alone, where ptrace is not restricted",
    { ...leastPrivileges, capabilities: { drop: ["ALL"], add: ["CHECKPOINT_RESTORE"] } },
    {},
  ],
  ["a root that is read-only", { ...leastPrivileges, readOnlyRootFilesystem: true }, {}],
  ["a user namespace", leastPrivileges, { hostUsers: false }],
  [
    "a user namespace, and what a clock of its own takes",
    { ...leastPrivileges, capabilities: { drop: ["ALL"], add: [...both, "SYS_ADMIN", "SYS_TIME"] } },
    { hostUsers: false },
  ],
  ["privileged", { privileged: true }, {}],
] as const;

describeCluster("a security context", () => {
  let cluster: Cluster;
  const measurements = measure(() => cluster);
  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "busybox", "crik");
  });

  it.each(unable)(
    "with which no checkpoint could be restored is told at the start, and SIGTERM is a plain SIGTERM: %s",
    async (_, securityContext, problem, remedy) => {
      const namespace = await makeCaseNamespace(cluster);
      // For the one that is not root: its volume may belong to root.
      const spec = { securityContext: { fsGroup: 1000 } };
      await using first = await startTicker(cluster, namespace, { name: "app", securityContext, spec });
      // Before the application's first line, and each with what to do.
      const beforeIt = first.log.lines.all.slice(
        0,
        first.log.lines.all.findIndex((line) => line.startsWith("START")),
      );
      const said = beforeIt.filter((line) => line.includes("a checkpoint made here could not be restored"));
      expect(said.join("\n")).toMatch(problem);
      expect(/remedy=(.*)/.exec(said.join("\n"))?.[1]).toMatch(remedy);
      await namespace.kubectl(["delete", "pod/app-0"]);
      await first.log.untilEnd();
      expect(first.log.lines.all).toContain("TERM");
      expect(first.log.crik().join("\n")).toMatch(
        /stopped and not checkpointed .*a checkpoint made here could not be restored/,
      );
      await using second = await runningPod(cluster, namespace, "app", { after: first });
      await proveFresh(second, /started afresh/);
    },
  );

  it.each(able)("that works moves a pod: %s", async (name, securityContext, spec) => {
    const namespace = await makeCaseNamespace(cluster);
    await using first = await startTicker(cluster, namespace, { name: "app", securityContext, spec });
    expect(first.log.crik().filter((line) => line.startsWith("crik: warning"))).toEqual([]);
    await namespace.kubectl(["delete", "pod/app-0"]);
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveContinuity(first.log.lines, second.log.lines);
    await measurements.record(name, first, second);
  });

  it("in which containers share their process ids is warned of, and moves a pod as long as these are free", async () => {
    const namespace = await makeCaseNamespace(cluster);
    const spec = { shareProcessNamespace: true };
    await using first = await startTicker(cluster, namespace, { name: "app", securityContext: leastPrivileges, spec });
    expect(first.log.crik().join("\n")).toMatch(
      /warning: the process ids are not this container's alone \(process 1 is pause\)/,
    );
    await namespace.kubectl(["delete", "pod/app-0"]);
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "app", { after: first });
    await proveContinuity(first.log.lines, second.log.lines);
  });
});
