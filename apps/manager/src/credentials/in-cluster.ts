import { readFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";

import { ApiError } from "../api-error.ts";
import type { LoadEndpoint } from "./endpoint.ts";

/** Where the kubelet puts the service account's token and the cluster's authorities. */
const ServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

/** What {@link inCluster} is told. */
export interface InClusterOptions {
  /** `KUBERNETES_SERVICE_HOST`, which the kubelet gives to every container. */
  readonly host: string;
  /** `KUBERNETES_SERVICE_PORT`. */
  readonly port: string;
  /** @defaultValue {@link ServiceAccountDirectory} */
  readonly directory?: string | undefined;
}

/**
 * The API server as a pod sees it. These two files and two variables need no client library: that one would take 20 MB of memory in each replica.
 */
export function inCluster({ host, port, directory = ServiceAccountDirectory }: InClusterOptions): LoadEndpoint {
  return async () => ({
    url: urlOf(isIPv6(host) ? `[${host}]` : host, port),
    tls: { ca: await read(directory, "ca.crt") },
    headers: async () => ({ authorization: `Bearer ${(await read(directory, "token")).trim()}` }),
  });
}

function urlOf(host: string, port: string): URL {
  try {
    return new URL(`https://${host}:${port}`);
  } catch (cause) {
    throw new ApiError("ERR_API_CREDENTIALS", `KUBERNETES_SERVICE_HOST and _PORT make no URL: ${host}:${port}`, {
      cause,
    });
  }
}

async function read(directory: string, name: string): Promise<string> {
  const file = join(directory, name);
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new ApiError("ERR_API_CREDENTIALS", `cannot read ${file}`, {
      cause,
      hint: "Does the pod mount its service account's token (automountServiceAccountToken)?",
    });
  }
}
