import { ApiError } from "../api-error.ts";
import type { Connection } from "./connection.ts";
import { createLines } from "./lines.ts";
import { nodesPath } from "./nodes-path.ts";
import { isOlder } from "./resource-version.ts";
import { parseWatchEvent, type WatchEvent } from "./watch-event.ts";

/** Bookmarks come once a minute; a watch in which nothing comes for longer is dead, even if the rest of the connection lives. */
const SilenceTimeoutMs = 100_000;

/** The head of the answer comes before any event. */
const HeadTimeoutMs = 4000;

/** A server that ends each watch at once must not be asked without a pause. */
const ShortestWatchMs = 1000;

/** What {@link watchNodes} is told. */
export interface WatchOptions {
  /** Where to go on from. */
  readonly resourceVersion: string;
  /** 0 to 1: the replicas' watches are not to end all at once. */
  readonly random: number;
  /** In the order in which it happened, each in the turn in which it came from the network. */
  readonly onEvent: (event: WatchEvent) => void;
}

/** An open watch. */
export interface Watch {
  /** For how long it has been open; `undefined` before the server has accepted it and after its end. */
  openMs(): number | undefined;
  /** Whether half an event has arrived. */
  readonly isMidEvent: boolean;
  /** Resolves when the server has ended it after its time. Rejects with {@link ApiError}. */
  readonly ended: Promise<void>;
}

/** Begins to watch. */
export function watchNodes(connection: Connection, { resourceVersion, random, onEvent }: WatchOptions): Watch {
  const timeoutSeconds = 240 + Math.round(240 * random);
  let last = resourceVersion;
  let since: number | undefined;

  const lines = createLines((line) => {
    const event = parseWatchEvent(line);
    const version = event.type === "bookmark" ? event.resourceVersion : event.node.resourceVersion;
    // The same one twice does no harm. An older one would take a node back in time.
    if (isOlder(version, last)) {
      throw new ApiError("ERR_API_PROTOCOL", `the watch has an event of ${version} after one of ${last}`);
    }
    last = version;
    onEvent(event);
  });

  async function run(): Promise<void> {
    try {
      await connection.get({
        path: nodesPath({
          watch: "true",
          resourceVersion,
          allowWatchBookmarks: "true",
          timeoutSeconds: String(timeoutSeconds),
        }),
        what: "the watch",
        headTimeoutMs: HeadTimeoutMs,
        silenceTimeoutMs: SilenceTimeoutMs,
        // The server ends it itself; this is for one that forgets to.
        totalTimeoutMs: (timeoutSeconds + 10) * 1000,
        onOpen() {
          since = performance.now();
        },
        onData: (chunk) => lines.push(chunk),
      });
      const lastedMs = since === undefined ? 0 : performance.now() - since;
      if (lastedMs < ShortestWatchMs) {
        throw new ApiError("ERR_API_UNREACHABLE", `the API server ended the watch after ${Math.round(lastedMs)} ms`);
      }
    } finally {
      since = undefined;
    }
  }

  return {
    openMs: () => (since === undefined ? undefined : performance.now() - since),
    get isMidEvent() {
      return lines.isMidLine;
    },
    ended: run(),
  };
}
