import type { Cluster } from "../harness/connect.ts";
import type { TestNamespace } from "../harness/namespace.ts";
import { type RunningPod, runningPod } from "./running-pod.ts";
import { type TickerOptions, ticker } from "./ticker.ts";

/** Makes a {@link ticker}, and resolves when its pod has counted to three: it has a state that can be lost. */
export async function startTicker(
  cluster: Cluster,
  namespace: TestNamespace,
  options: TickerOptions,
): Promise<RunningPod> {
  await namespace.apply(ticker(options));
  await using cleanUp = new AsyncDisposableStack();
  const pod = cleanUp.use(await runningPod(cluster, namespace, options.name));
  await pod.log.lines.waitForLine(/^TICK \S+ 3$/, 120_000);
  cleanUp.move();
  return pod;
}
