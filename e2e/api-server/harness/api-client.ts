import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";

/** One request's body and what goes with it. */
export interface ApiRequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** @defaultValue `application/json` */
  readonly contentType?: string | undefined;
  /** Whose token. @defaultValue the admin's */
  readonly token?: string | undefined;
  /** Without a byte for so long the request fails. @defaultValue 30000 */
  readonly timeoutMs?: number | undefined;
}

/** What the API server said; a status of 400 and more is an answer, not an error. */
export interface ApiResponse<Body = unknown> {
  readonly status: number;
  /** The parsed object, or the text where it is no JSON. */
  readonly body: Body;
}

/** A plain client over connections that are kept: fast enough for thousands of objects. */
export interface ApiClient {
  /** @typeParam Body - what the caller knows of the answer; nothing checks it */
  request<Body>(method: string, path: string, options?: ApiRequestOptions): Promise<ApiResponse<Body>>;
  /** Closes every connection; the next request opens its own. */
  disconnect(): void;
}

/** Where the server is, and who asks. */
export interface ApiClientOptions {
  readonly port: number;
  /** Read at the first request: the server makes it when it starts. */
  readonly caFile: string;
  readonly token: string;
  /** The name that the server's certificate is for. @defaultValue its address, 127.0.0.1 */
  readonly serverName?: string | undefined;
}

/** Makes a client; nothing is connected before the first request. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  let agent: Agent | undefined;
  return {
    request: (method, path, { body, contentType = "application/json", token, timeoutMs = 30_000 } = {}) =>
      new Promise((resolve, reject) => {
        // The API server closes what was idle for 90 s: a connection that is about to be closed must not be taken.
        agent ??= new Agent({ keepAlive: true, timeout: 60_000, maxSockets: 32, ca: readFileSync(options.caFile) });
        const authorization = `Bearer ${token ?? options.token}`;
        const headers = { authorization, ...(body === undefined ? {} : { "content-type": contentType }) };
        const place = { host: "127.0.0.1", port: options.port, servername: options.serverName ?? "" };
        const target = { agent, ...place, method, path, headers, timeout: timeoutMs };
        const asked = request(target, (response) => {
          text(response)
            .then((answer) => resolve({ status: response.statusCode ?? 0, body: parse(response, answer) }))
            .catch(reject);
        });
        asked.once("timeout", () => asked.destroy(new Error(`${method} ${path}: no answer in ${timeoutMs} ms`)));
        asked.once("error", reject);
        asked.end(body === undefined ? undefined : JSON.stringify(body));
      }),
    disconnect: () => {
      agent?.destroy();
      agent = undefined;
    },
  };
}

function parse(response: IncomingMessage, answer: string) {
  return response.headers["content-type"]?.startsWith("application/json") ? JSON.parse(answer) : answer;
}
