import { ApiError, isApiError } from "../api-error.ts";
import { currentMoment } from "../freshness.ts";
import { pause } from "../pause.ts";
import type { Connection } from "./connection.ts";
import type { ReflectorOptions } from "./options.ts";
import { probe } from "./probe.ts";
import type { WatchEnd } from "./report.ts";
import { isOlder } from "./resource-version.ts";
import { type Watch, watchNodes } from "./watch.ts";
import type { WatchEvent } from "./watch-event.ts";

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
export const LongestGapMs = 10_000;

/** How far the sink is, across connections. */
export interface Position {
  /** Everything up to here is in the sink; `undefined` when the list must be read. */
  resourceVersion: string | undefined;
  /** Tries in a row that have failed. */
  failures: number;
}

/**
 * Watches, one watch after the other, and probes beside it, until one of them fails.
 *
 * The proof of freshness: list, watch and probes share one connection, and each is handled in the turn in which it arrives. A probe that was sent at the
 * moment t and answered shows that the connection carries data both ways, that the server runs and reaches etcd, and, from Kubernetes 1.31 on, that the
 * cache which feeds the watch has all that happened before t.
 *
 * @param from the resource version up to which the sink has everything
 */
export async function watchAndProbe(
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
