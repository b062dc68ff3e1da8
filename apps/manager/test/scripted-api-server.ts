import { once } from "node:events";
import {
  createSecureServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";

import type { LoadEndpoint } from "../src/credentials/endpoint.ts";
import { certificateFor } from "./certificate.ts";

/** One request, and what a test may do with it. */
export interface Exchange {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly stream: ServerHttp2Stream;
  readonly session: Http2Session;
  /** Answers in one piece. */
  answer(status: number, body: unknown, headers?: Record<string, string>): void;
  /** Begins an answer with status 200. */
  open(): void;
  /** Writes one event of a watch. */
  event(type: string, object: unknown): void;
  /** Writes anything at all. */
  write(text: string): void;
}

/** What the server does with each kind of request. */
export interface Script {
  list(exchange: Exchange): void;
  watch(exchange: Exchange): void;
  probe(exchange: Exchange): void;
}

/** An HTTP/2 server that does what a test says, where a real API server cannot be brought to it. */
export interface ScriptedApiServer extends AsyncDisposable {
  readonly loadEndpoint: LoadEndpoint;
  /** Every request so far: `list`, `list page-2`, `watch 12`, `probe`. */
  readonly requests: readonly string[];
  /** How often an endpoint was loaded, which is before each connection. */
  readonly loads: number;
  readonly sessions: ReadonlySet<ServerHttp2Session>;
}

/** Starts one. What the script leaves out is done as by a good server with two nodes. */
export async function startScriptedApiServer(script: Partial<Script>): Promise<ScriptedApiServer> {
  const { cert, key } = await certificateFor();
  const server = createSecureServer({ cert, key });
  const sessions = new Set<ServerHttp2Session>();
  const requests: string[] = [];
  let loads = 0;
  const whole: Script = {
    list: ({ answer }) => answer(200, listOf("10", [node("a", "1"), node("b", "2")])),
    watch: ({ open }) => open(),
    probe: ({ answer }) => answer(200, listOf("1000", [])),
    ...script,
  };
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => {});
    session.once("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    const query = new URL(headers[":path"] ?? "", "https://server").searchParams;
    const exchange = exchangeOf(stream, headers, query);
    if (query.has("watch")) {
      requests.push(`watch ${query.get("resourceVersion")}`);
      whole.watch(exchange);
    } else if (query.has("fieldSelector")) {
      requests.push("probe");
      whole.probe(exchange);
    } else {
      requests.push(`list ${query.get("continue") ?? ""}`.trim());
      whole.list(exchange);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    sessions,
    get loads() {
      return loads;
    },
    loadEndpoint: async () => {
      loads += 1;
      return {
        url: new URL(`https://127.0.0.1:${port}`),
        tls: { ca: cert },
        headers: async () => ({ authorization: `Bearer token-${loads}` }),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

function exchangeOf(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, query: URLSearchParams): Exchange {
  const session = stream.session;
  if (session === undefined) throw new Error("a stream without a session");
  const write = (text: string): void => void stream.write(text);
  return {
    query,
    headers,
    stream,
    session,
    answer(status, body, more = {}) {
      stream.respond({ ":status": status, "content-type": "application/json", ...more });
      stream.end(JSON.stringify(body));
    },
    open: () => stream.respond({ ":status": 200, "content-type": "application/json" }),
    event: (type, object) => write(`${JSON.stringify({ type, object })}\n`),
    write,
  };
}

/** A ready Node, or a cordoned one. */
export function node(name: string, resourceVersion: string, unschedulable = false): object {
  return {
    metadata: { name, uid: `uid-${name}`, resourceVersion },
    spec: { unschedulable },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };
}

/** A page of a list. */
export function listOf(resourceVersion: string, items: readonly object[], next?: string | undefined): object {
  return { kind: "NodeList", metadata: { resourceVersion, continue: next }, items };
}

/** The API's object for an error. */
export function statusOf(code: number, reason: string, message: string = reason): object {
  return { kind: "Status", code, reason, message };
}
