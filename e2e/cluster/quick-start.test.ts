import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { ensureKubernetesClients } from "../api-server/harness/tools.ts";
import { readLines } from "../harness/lines.ts";
import { documentedCommands } from "./cases/documented-commands.ts";
import { makeCaseNamespace } from "./cases/evidence.ts";
import { ensureImages } from "./cases/images.ts";
import { measure } from "./cases/measurements.ts";
import { proveCount } from "./cases/prove-count.ts";
import { runningPod } from "./cases/running-pod.ts";
import type { Cluster } from "./harness/connect.ts";
import { describeCluster, sharedCluster } from "./harness/shared-cluster.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

describeCluster("the quick start of the README", () => {
  let cluster: Cluster;
  const measurements = measure(() => cluster);
  beforeAll(async () => {
    cluster = await sharedCluster();
    await ensureImages(cluster, "busybox", "crik");
  });

  it("works by its commands, as they are written", async () => {
    const namespace = await makeCaseNamespace(cluster);
    await using folder = await mkdtempDisposable(join(tmpdir(), "crik-quick-start-"));
    const { kubectl } = await ensureKubernetesClients();
    const kubeconfig = join(folder.path, "config");
    // Its context is changed below; KUBECONFIG may be a list of files.
    const { stdout: merged } = await cluster.kubectl(["config", "view", "--raw", "--flatten"]);
    await writeFile(kubeconfig, merged, { mode: 0o600 });
    const environment = {
      ...process.env,
      KUBECONFIG: kubeconfig,
      KUBECACHEDIR: join(folder.path, "cache"),
      PATH: `${dirname(kubectl)}:${process.env["PATH"]}`,
    };

    /** Types a command. One that follows a log is left by Ctrl-C when the counter has counted. */
    const type = async (command: string): Promise<readonly string[]> => {
      const stdio = ["ignore", "pipe", "inherit"] as const;
      const how = { cwd: repository, env: environment, timeout: 120_000 };
      const child = spawn("sh", ["-c", `exec ${command}`], { ...how, stdio: [...stdio] });
      const ended = once(child, "exit");
      const lines = readLines(child.stdout, command);
      if (command.startsWith("kubectl logs -f")) {
        await lines.waitForLine(/^Count is at [1-9]/, 60_000).finally(() => child.kill("SIGINT"));
        await ended;
      } else expect(await ended, `${command}: ${lines.all.join("\n")}`).toEqual([0, null]);
      return lines.all;
    };

    await type(`kubectl config set-context --current --namespace ${namespace.name}`);
    const commands = documentedCommands("README.md", "Quick start");
    expect(commands.map((command) => command.split(" ")[1])).toEqual([
      "apply",
      "rollout",
      "logs",
      "delete",
      "rollout",
      "logs",
    ]);
    const [apply = "", rollout = "", logs = "", deletePod = "", rolloutAgain = "", logsAgain = ""] = commands;
    await type(apply);
    await type(rollout);
    await type(logs);
    // Beside the reader, so that nothing of what the first pod said is missed.
    await using first = await runningPod(cluster, namespace, "simple-loop");
    await type(deletePod);
    await type(rolloutAgain);
    const shown = await type(logsAgain);
    await first.log.untilEnd();
    await using second = await runningPod(cluster, namespace, "simple-loop", { after: first });
    await proveCount(first.log.lines, second.log.lines);
    expect(shown).not.toContain("Count is at 0");
    await measurements.record("the README's quick start", first, second);
  });
});
