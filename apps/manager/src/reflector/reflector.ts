import type { NodeObject } from "../classify/node-object.ts";
import type { LoadEndpoint } from "../credentials/endpoint.ts";
import { currentMoment, type Freshness } from "../freshness.ts";
import { ApiError, isApiError } from "./api-error.ts";
import { recoveryFrom } from "./backoff.ts";
import { type Connection, connect } from "./connection.ts";
import { listNodes } from "./list.ts";
import { pause } from "./pause.ts";
import { probe } from "./probe.ts";
import type { ReflectorReport, WatchEnd } from "./report.ts";
import { isOlder } from "./resource-version.ts";
import { type Watch, watchNodes } from "./watch.ts";
import type { WatchEvent } from "./watch-event.ts";

/** Where the nodes go. */
export interface NodeSink {
  applied(node: NodeObject): void;
  deleted(name: string): void;
  /** A list is complete, and each of its nodes was applied: whoever is not among these names is gone. */
  listed(names: ReadonlySet<string>): void;
}

/** What {@link reflectNodes} is made of. */
export interface ReflectorOptions {
  readonly loadEndpoint: LoadEndpoint;
  readonly sink: NodeSink;
  /** Learns up to when everything was seen. */
  readonly freshness: Freshness;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly report: (report: ReflectorReport) => void;
  /** @defaultValue `Math.random` */
  readonly random?: (() => number) | undefined;
}

/** Between two probes, give or take a fifth. */
const ProbeEveryMs = 4000;

/** How often a watch that has just begun is looked at. */
const LookMs = 200;

/**
 * A watch that goes on from where another ended first tells what happened meanwhile, and nowhere says that it has caught up. Only after it has been open
 * for this long is a probe taken as a proof.
 */
const CatchUpMs = 2000;

/** After a longer gap than this there may be so much to catch up with that {@link CatchUpMs} proves nothing: the list is read anew, which is its own proof. */
const LongestGapMs = 10_000;

/**
 * Keeps the sink equal to the Node objects of the API server, whatever happens to the server and to the network, until the signal aborts. Resolves then, and
 * never rejects.
 *
 * The proof of freshness: list, watch and probes share one connection, and each is handled in the turn in which it arrives. A probe that was sent at the
 * moment t and answered shows that the connection carries data both ways, that the server runs and reaches etcd, and, from Kubernetes 1.31 on, that the
 * cache which feeds the watch has all that happened before t.
 */
export async function reflectNodes(options: ReflectorOptions): Promise<void> {
  const { freshness, signal, report, random = Math.random } = options;
  const position: Position = { resourceVersion: undefined, failures: 0 };
  while (!signal.aborted) {
    try {
      await followOnce(options, position);
    } catch (error) {
      if (signal.aborted) return;
      const { relist, delayMs } = recoveryFrom(error, position.failures, random());
      position.failures += 1;
      if (relist || freshness.ageMs() > LongestGapMs) position.resourceVersion = undefined;
      report({ type: "failed", error, failures: position.failures, relist, retryInMs: delayMs });
      await pause(delayMs, signal).catch(() => {});
    }
  }
}

/** How far the sink is, across connections. */
interface Position {
  /** Everything up to here is in the sink; `undefined` when the list must be read. */
  resourceVersion: string | undefined;
  /** Tries in a row that have failed. */
  failures: number;
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

/** Watches, one watch after the other, and probes beside it, until one of them fails. */
async function watchAndProbe(
  connection: Connection,
  options: ReflectorOptions,
  position: Position,
  from: string,
): Promise<never> {
  const { sink, freshness, report, random = Math.random } = options;
  let seen = from;
  let watch = begin();

  function begin(): Watch {
    report({ type: "watch-started", resourceVersion: seen });
    return watchNodes(connection, { resourceVersion: seen, random: random(), onEvent: take });
  }

  function take(event: WatchEvent): void {
    if (event.type === "applied") sink.applied(event.node);
    else if (event.type === "deleted") sink.deleted(event.node.name);
    seen = event.type === "bookmark" ? event.resourceVersion : event.node.resourceVersion;
    position.resourceVersion = seen;
    report({ type: "event", event: event.type });
  }

  async function watching(): Promise<never> {
    for (;;) {
      const since = performance.now();
      let end: WatchEnd = "failed";
      try {
        await watch.ended;
        end = "time";
      } catch (error) {
        if (isApiError(error) && error.code === "ERR_API_EXPIRED") end = "expired";
        throw error;
      } finally {
        report({ type: "watch-ended", end, durationMs: performance.now() - since });
      }
      watch = begin();
    }
  }

  async function probing(): Promise<never> {
    // From here on, not from the last proof: a list of many nodes may have taken longer than the longest gap itself.
    let provenAt = performance.now();
    for (;;) {
      if (await isProven()) {
        provenAt = performance.now();
        await pause(ProbeEveryMs * (0.8 + 0.4 * random()), connection.lost);
      } else {
        if (performance.now() - provenAt > LongestGapMs) {
          throw new ApiError("ERR_API_TIMEOUT", `the watch has proven nothing for ${LongestGapMs} ms`);
        }
        await pause(LookMs, connection.lost);
      }
    }
  }

  /** Probes once, if the watch has been open for long enough, and takes the answer for a proof if it is one. */
  async function isProven(): Promise<boolean> {
    const probed = watch;
    if ((probed.openMs() ?? 0) < CatchUpMs) return false;
    const sent = currentMoment();
    const known = seen;
    const revision = await probe(connection);
    if (isOlder(revision, known)) {
      throw new ApiError("ERR_API_WENT_BACK", `the API server is at ${revision} and was at ${known} before`);
    }
    // An event of which only a part has arrived is one that was not seen.
    if (probed.openMs() === undefined || probed.isMidEvent) return false;
    freshness.prove(sent);
    position.failures = 0;
    report({ type: "probed", durationMs: currentMoment().monotonicMs - sent.monotonicMs });
    return true;
  }

  return await Promise.race([watching(), probing()]);
}
