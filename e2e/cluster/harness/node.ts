import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../../harness/cache.ts";
import type { ExecOptions, ExecResult } from "../../harness/exec.ts";
import type { NodeDescription } from "./description.ts";
import { killIfAlive } from "./node-boot.ts";
import { importImage } from "./node-images.ts";
import { startKubelet } from "./node-services.ts";
import { execInNode, type NodeService, serviceRuns, signalService } from "./node-space.ts";
import { waitFor } from "./wait.ts";

/** A node of a cluster, and what one can do to the machine that it is. */
export interface ClusterNode {
  readonly name: string;
  /** Runs a program in the node, as somebody who has logged in there would; a status other than 0 is an answer. */
  exec(argv: readonly [string, ...string[]], options?: ExecOptions): Promise<ExecResult>;
  /** Gives the node the container images of a tar file, under the names in it. */
  importImage(file: string): Promise<void>;
  /** Where one of the node's own programs writes its log. */
  logFile(service: NodeService): string;
  /**
   * Announces that the node will be powered off, as systemd's logind does, and resolves when it is said. The kubelet
   * then publishes it in the Node's condition and ends the pods within its `shutdownGracePeriod`.
   */
  shutdown(): Promise<Shutdown>;
  /** Announces that the node stays on after all. */
  cancelShutdown(): Promise<void>;
  /** Kills the kubelet; the pods go on, and their node is soon not ready. */
  stopKubelet(): Promise<void>;
  /** Starts the kubelet again. */
  startKubelet(): Promise<void>;
  /** A power failure: every process of the node is gone at once. It does not come back. */
  kill(): Promise<void>;
}

/** A shutdown that has been announced. */
interface Shutdown {
  /**
   * Resolves when the kubelet has given up its delay lock: it has ended the pods, or the time for that is over. A real
   * machine would be off now.
   */
  readonly released: Promise<void>;
}

/** Gives what can be done with a node that this machine runs. */
export function connectNode(node: NodeDescription): ClusterNode {
  const logFile = (service: NodeService): string => join(node.directory, "log", `${service}.log`);
  const countIn = async (service: NodeService, word: string): Promise<number> =>
    (await readFile(logFile(service), "utf8")).split(` ${word} `).length - 1;
  return {
    name: node.name,
    exec: (argv, options) => execInNode(node, argv, options),
    importImage: (file) => importImage(node, file),
    logFile,
    shutdown: async () => {
      // Before the kubelet has its lock nobody would hear it.
      await waitFor(async () => (await countIn("logind", "locked")) > (await countIn("logind", "released")), {
        what: `the delay lock of the kubelet of ${node.name}`,
      });
      const before = await countIn("logind", "released");
      const announced = await countIn("logind", "announced");
      await signalService(node, "logind", "USR1");
      await waitFor(async () => (await countIn("logind", "announced")) > announced, {
        what: `the announcement on ${node.name}`,
        intervalMs: 10,
      });
      const released = waitFor(async () => (await countIn("logind", "released")) > before, {
        what: `the end of the shutdown of ${node.name}`,
        timeoutMs: 180_000,
      }).then(() => {});
      // Nobody may care.
      released.catch(() => {});
      return { released };
    },
    cancelShutdown: () => signalService(node, "logind", "USR2"),
    stopKubelet: async () => {
      await signalService(node, "kubelet", "KILL");
      await waitFor(async () => !(await serviceRuns(node, "kubelet")), {
        what: `the end of the kubelet of ${node.name}`,
      });
    },
    startKubelet: () => startKubelet(node),
    kill: async () => {
      killIfAlive(node.pid);
      await waitFor(async () => !(await exists(`/proc/${node.pid}`)), { what: `the end of ${node.name}` });
    },
  };
}
