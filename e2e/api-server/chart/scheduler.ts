import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { runDirectory } from "../../harness/run-directory.ts";
import type { ApiServer } from "../harness/api-server.ts";
import { ensureKubernetes } from "../harness/kubernetes.ts";
import { startServerProcess } from "../harness/server-process.ts";

/** Starts the real kube-scheduler with its default profile; it takes what pods there are and will be. */
export async function startScheduler(server: ApiServer): Promise<AsyncDisposable> {
  const program = await ensureKubernetes("kube-scheduler");
  const directory = await mkdtemp(join(await runDirectory(), "scheduler-"));
  const scheduler = await startServerProcess({
    argv: [program, `--kubeconfig=${server.kubeconfig}`, "--leader-elect=false", "--secure-port=0"],
    directory,
    logFile: join(directory, "kube-scheduler.log"),
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await scheduler.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
