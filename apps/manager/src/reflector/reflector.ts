import { currentMoment } from "../freshness.ts";
import { pause } from "../pause.ts";
import { recoveryFrom } from "./backoff.ts";
import { type Connection, connect } from "./connection.ts";
import { listNodes } from "./list.ts";
import type { ReflectorOptions } from "./options.ts";
import { LongestGapMs, type Position, watchAndProbe } from "./watch-and-probe.ts";

/**
 * Keeps the sink equal to the Node objects of the API server, whatever happens to the server and to the network, until the signal aborts. Resolves then, and
 * never rejects.
 */
export async function reflectNodes(options: ReflectorOptions): Promise<void> {
  const { freshness, signal, report, random = Math.random } = options;
  const position: Position = { resourceVersion: undefined, failures: 0 };
  while (!signal.aborted) {
    const resumed = position.resourceVersion !== undefined;
    try {
      await followOnce(options, position);
    } catch (error) {
      if (signal.aborted) return;
      const recovery = recoveryFrom(error, { failures: position.failures, resumed }, random());
      const relist = recovery.relist || freshness.ageMs() > LongestGapMs;
      position.failures += 1;
      if (relist) position.resourceVersion = undefined;
      report({ type: "failed", error, failures: position.failures, relist, retryInMs: recovery.delayMs });
      await pause(recovery.delayMs, signal).catch(() => {});
    }
  }
}

/** All that can be done with one connection. Ends with an error only. */
async function followOnce(options: ReflectorOptions, position: Position): Promise<never> {
  const { freshness, report } = options;
  const since = performance.now();
  using connection = await connect(await options.loadEndpoint(), options.userAgent, options.signal);
  report({ type: "connected", durationMs: performance.now() - since });
  if (position.resourceVersion === undefined || freshness.ageMs() > LongestGapMs) {
    position.resourceVersion = undefined;
    position.resourceVersion = await list(connection, options);
  }
  return await watchAndProbe(connection, options, position, position.resourceVersion);
}

/** @returns the resource version to watch from */
async function list(connection: Connection, { sink, freshness, report }: ReflectorOptions): Promise<string> {
  const before = currentMoment();
  const { resourceVersion, names, pages } = await listNodes(connection, (node) => sink.applied(node));
  sink.listed(names);
  freshness.prove(before);
  const durationMs = currentMoment().monotonicMs - before.monotonicMs;
  report({ type: "listed", nodes: names.size, pages, durationMs });
  return resourceVersion;
}
