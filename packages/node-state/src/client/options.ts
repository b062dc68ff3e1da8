import { NodeStateError } from "../error.ts";
import { isNodeName } from "../node-name.ts";

/** Where the server is, and how long to wait for it. */
export interface NodeStateClientOptions {
  /** Of the server: `http://crik-node-state-server:9376`. A path is kept, as a prefix of the protocol's own paths. */
  readonly url: string;
  /**
   * A PEM file with the authorities that may sign the server's certificate. Read anew at each connection.
   *
   * @defaultValue the authorities that the runtime knows
   */
  readonly caFile?: string | undefined;
  /** A file with a bearer token. Read anew at each connection, because tokens are rotated. */
  readonly tokenFile?: string | undefined;
  /**
   * After how many milliseconds one attempt is given up, so that another replica can be asked.
   *
   * @defaultValue 1000
   */
  readonly attemptTimeoutMs?: number | undefined;
  /**
   * After how many milliseconds a read is given up, all its attempts and the pauses between them included.
   *
   * @defaultValue 3000
   */
  readonly totalTimeoutMs?: number | undefined;
  /**
   * After how many milliseconds without a byte, not even of a heartbeat, a watch is lost.
   *
   * @defaultValue 30,000, three heartbeats of the server
   */
  readonly watchSilenceMs?: number | undefined;
}

/** The options, looked at and complete. */
export interface Server {
  /** Without credentials, query and fragment. */
  readonly url: URL;
  /** Of the URL, without a slash at its end. */
  readonly basePath: string;
  /** For messages. */
  readonly shown: string;
  readonly caFile: string | undefined;
  readonly tokenFile: string | undefined;
  readonly attemptTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly watchSilenceMs: number;
}

// A longer timer of JavaScript's fires at once.
const MaxMs = 2 ** 31 - 1;

/** @throws NodeStateError `ERR_NODE_STATE_INVALID_OPTION` */
export function readOptions(options: NodeStateClientOptions): Server {
  const url = readUrl(options.url);
  const basePath = url.pathname.replace(/\/+$/u, "");
  return {
    url,
    basePath,
    shown: url.origin + basePath,
    caFile: options.caFile,
    tokenFile: options.tokenFile,
    attemptTimeoutMs: readMs("attemptTimeoutMs", options.attemptTimeoutMs ?? 1000),
    totalTimeoutMs: readMs("totalTimeoutMs", options.totalTimeoutMs ?? 3000),
    watchSilenceMs: readMs("watchSilenceMs", options.watchSilenceMs ?? 30_000),
  };
}

/**
 * Refuses a name that no node can have, before anything is sent. The name itself is not told: it may be anything.
 *
 * @throws NodeStateError `ERR_NODE_STATE_INVALID_OPTION`
 */
export function checkNodeName(name: string): void {
  if (isNodeName(name)) return;
  throw invalid("this is not a node's name", "It is an RFC 1123 subdomain; a pod learns it from spec.nodeName.");
}

/** Never says the text itself: it may hold a password. */
function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw invalid("url is not a URL");
  if (url.protocol !== "http:" && url.protocol !== "https:") throw invalid("url begins with neither http: nor https:");
  if (url.username !== "" || url.password !== "") throw invalid("url has credentials in it", "Use tokenFile.");
  if (url.search !== "" || url.hash !== "") throw invalid("url has a query or a fragment");
  return url;
}

function readMs(name: string, ms: number): number {
  if (Number.isFinite(ms) && ms > 0 && ms <= MaxMs) return ms;
  throw invalid(`${name} is not a number of milliseconds from 1 to ${MaxMs}`);
}

function invalid(message: string, hint?: string): NodeStateError {
  return new NodeStateError("ERR_NODE_STATE_INVALID_OPTION", message, { hint });
}
