import { readFileSync } from "node:fs";
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
export interface ApiResponse {
  readonly status: number;
  /** The parsed object, or the text where it is no JSON. */
  readonly body: unknown;
}

/** A plain client over connections that are kept: fast enough for thousands of objects. */
export interface ApiClient {
  request(method: string, path: string, options?: ApiRequestOptions): Promise<ApiResponse>;
  /** Closes every connection; the next request opens its own. */
  disconnect(): void;
}

/** Where the server is, and who asks. */
export interface ApiClientOptions {
  readonly port: number;
  /** Read at the first request: the server makes it when it starts. */
  readonly caFile: string;
  readonly token: string;
}

/** Makes a client; nothing is connected before the first request. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  let agent: Agent | undefined;
  return {
    request: async (method, path, { body, contentType = "application/json", token, timeoutMs = 30_000 } = {}) => {
      agent ??= new Agent({ keepAlive: true, maxSockets: 32, ca: readFileSync(options.caFile) });
      const authorization = `Bearer ${token ?? options.token}`;
      const headers = { authorization, ...(body === undefined ? {} : { "content-type": contentType }) };
      const target = { agent, host: "127.0.0.1", port: options.port, method, path, headers, timeout: timeoutMs };
      const { promise, resolve, reject } = Promise.withResolvers<ApiResponse>();
      const asked = request(target, (response) => {
        text(response)
          .then((answer) => resolve({ status: response.statusCode ?? 0, body: parse(answer) }))
          .catch(reject);
      });
      asked.once("timeout", () => asked.destroy(new Error(`${method} ${path}: no answer in ${timeoutMs} ms`)));
      asked.once("error", reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
      return promise;
    },
    disconnect: () => {
      agent?.destroy();
      agent = undefined;
    },
  };
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
