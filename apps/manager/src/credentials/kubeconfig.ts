import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

import { ApiError } from "../api-error.ts";
import type { Endpoint, LoadEndpoint } from "./endpoint.ts";

/**
 * The API server of a kubeconfig's current context, with whatever authenticates there: tokens, certificates, plugins.
 *
 * @param file otherwise `$KUBECONFIG`, otherwise `~/.kube/config`
 */
export function fromKubeconfig(file?: string | undefined): LoadEndpoint {
  return async () => {
    // Loaded here only: a pod in the cluster never needs it.
    const { KubeConfig } = await import("./client-node.ts");
    const config = new KubeConfig();
    try {
      if (file === undefined) config.loadFromDefault();
      else config.loadFromFile(file);
      return await endpointOf(config);
    } catch (cause) {
      if (cause instanceof ApiError) throw cause;
      const which = file === undefined ? "" : ` ${file}`;
      throw new ApiError("ERR_API_CREDENTIALS", `the kubeconfig${which} cannot be used: ${textOf(cause)}`, { cause });
    }
  };
}

async function endpointOf(config: KubeConfig): Promise<Endpoint> {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw unsupported("it has no current context, or one without a cluster");
  if (cluster.proxyUrl) throw unsupported("its cluster is reached through a proxy (proxy-url)");
  const url = new URL(cluster.server);
  if (url.protocol !== "https:") throw unsupported(`the server ${url.protocol}//${url.host} is not an https: one`);
  const { ca, cert, key, servername, rejectUnauthorized } = await optionsOf(config);
  return {
    url,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(servername === undefined ? {} : { servername }),
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    },
    headers: async () => {
      const { headers, auth } = await optionsOf(config);
      const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString("base64")}` } : {};
      return { ...basic, ...lowerCase(headers) };
    },
  };
}

/** A plugin that hangs must not keep the manager from trying again; the library lets it run for ever. */
const PluginTimeoutMs = 10_000;

/** The library writes its answers into an object of the caller's. It runs a plugin here, when one is configured and its last token has expired. */
async function optionsOf(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${PluginTimeoutMs} ms`)), PluginTimeoutMs);
  try {
    await Promise.race([config.applyToHTTPSOptions(options), tooLate]);
  } catch (cause) {
    throw new ApiError("ERR_API_CREDENTIALS", `the kubeconfig's user cannot be authenticated: ${textOf(cause)}`, {
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
  return options;
}

function lowerCase(headers: RequestOptions["headers"]): Record<string, string> {
  const pairs = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return Object.fromEntries(pairs);
}

function unsupported(what: string): ApiError {
  return new ApiError("ERR_API_CREDENTIALS", `the kubeconfig cannot be used: ${what}`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
