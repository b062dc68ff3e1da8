/**
 * `pnpm test:cluster [FILE…] [-t NAME]`: the cases on a real Kubernetes of two nodes, which this machine runs for as
 * long as they take; with `KUBECONFIG` set, on that cluster.
 */
import { formatDuration, runSteps } from "./steps.ts";

const [result] = runSteps([
  {
    name: "tests: a real Kubernetes",
    command: [
      "vitest",
      "run",
      "--project",
      "cluster",
      "--reporter=default",
      "--reporter=./scripts/retried-reporter.ts",
      ...process.argv.slice(2),
    ],
  },
]);
process.stdout.write(`everything took ${formatDuration(result?.durationMs ?? 0)}\n`);
process.exitCode = result?.ok === true ? 0 : 1;
