/**
 * `pnpm cluster [--bare | FILE…]`: brings up the cluster of the tests for you, and takes it down at Ctrl-C. Its nodes have
 * the images that the examples and the chart name, made of the working tree; or those of the tar files given; or none.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureKubernetesClients } from "../api-server/harness/tools.ts";
import { sweepDeadRuns } from "../harness/sweep.ts";
import { ensureImages } from "./cases/images.ts";
import { startCluster } from "./harness/cluster.ts";
import { givenKubeconfig, whyNoCluster } from "./harness/platform.ts";

const seconds = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`;

/** Found out before anything is started. @throws Error in one sentence */
function readArguments(): { readonly bare: boolean; readonly files: readonly string[] } {
  const { values, positionals: files } = parseArgs({ allowPositionals: true, options: { bare: { type: "boolean" } } });
  if (givenKubeconfig !== undefined) throw new Error("KUBECONFIG is set: unset it to get a cluster of your own");
  if (whyNoCluster !== undefined) throw new Error(`there can be no cluster here: ${whyNoCluster}`);
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`there is no file ${missing}`);
  return { bare: values.bare === true, files };
}

async function runCluster({ bare, files }: ReturnType<typeof readArguments>, ended: Promise<void>): Promise<void> {
  await sweepDeadRuns();
  const startedAt = performance.now();
  process.stdout.write("a cluster of two nodes comes up\n");
  await using cluster = await startCluster({ images: files.map((file) => resolve(file)) });
  const hasExamples = !bare && files.length === 0;
  if (hasExamples) process.stdout.write(`its nodes get the images of the examples (${seconds(startedAt)})\n`);
  if (hasExamples) await ensureImages(cluster, "busybox", "crik", "node-state-server", "python", "simple-loop");
  const { kubectl, helm } = await ensureKubernetesClients();
  process.stdout.write(`
Kubernetes is up after ${seconds(startedAt)}: ${cluster.own?.nodes.map((node) => node.name).join(", ")}. In another terminal:

  export KUBECONFIG=${cluster.kubeconfig}
  alias kubectl=${kubectl} helm=${helm}
${hasExamples ? "  kubectl apply -f examples/simple-loop.yaml\n" : ""}
Logs and volumes are in ${cluster.own?.directory}. Ctrl-C takes everything down.
`);
  await ended;
  process.stdout.write("\ntaking it down\n");
}

let interrupted = false;
const ended = new Promise<void>((end) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      interrupted = true;
      end();
    });
  }
});

function argumentsOrExit(): ReturnType<typeof readArguments> {
  try {
    return readArguments();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

try {
  await runCluster(argumentsOrExit(), ended);
} catch (error) {
  // A terminal's Ctrl-C goes to all that is being started as well: that it fails then is no news.
  if (!interrupted) throw error;
}
process.stdout.write("nothing is left\n");
