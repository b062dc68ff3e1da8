import type { ConnectionOptions } from "node:tls";

/** Where the API server is and how to be let in. */
export interface Endpoint {
  /** Always `https:`; its path, if any, goes before that of each request. */
  readonly url: URL;
  /** Authorities, client certificate, server name. */
  readonly tls: Pick<ConnectionOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;
  /**
   * The headers that authenticate one request: asked for at each, because tokens are rotated.
   *
   * @throws {@link ApiError} `ERR_API_CREDENTIALS`
   */
  headers(): Promise<Readonly<Record<string, string>>>;
}

/**
 * Reads everything about the API server anew from the disk: called for each connection, because certificates and authorities are rotated too.
 *
 * @throws {@link ApiError} `ERR_API_CREDENTIALS`
 */
export type LoadEndpoint = () => Promise<Endpoint>;
