import { basename, join } from "node:path";
import { type ApiRequestOptions, type ApiResponse, createApiClient } from "../../api-server/harness/api-client.ts";
import type { ClientOptions } from "../../api-server/harness/api-server.ts";
import { ensureKubernetesClients } from "../../api-server/harness/tools.ts";
import { collect, type ExecResult } from "../../harness/exec.ts";
import type { ClusterDescription, OwnClusterDescription } from "./description.ts";
import { type ClusterNode, connectNode } from "./node.ts";

/** A real Kubernetes, and what one can do to it. */
export interface Cluster {
  /** The path of the kubeconfig of one who may do everything. */
  readonly kubeconfig: string;
  /**
   * What only a cluster of the harness has: power over its nodes, requests past kubectl. Absent where `KUBECONFIG`
   * named the cluster; a case that needs it is skipped there, and says so.
   */
  readonly own?: OwnCluster;
  /**
   * Runs the real kubectl.
   *
   * @throws Error with what it wrote when its status is not 0; give `allowFailure` to look at that yourself.
   */
  kubectl(args: readonly string[], options?: ClientOptions): Promise<ExecResult>;
  /** Runs the real helm as {@link Cluster.kubectl} does. */
  helm(args: readonly string[], options?: ClientOptions): Promise<ExecResult>;
  /**
   * What `kubectl … -o json` prints, parsed.
   *
   * @typeParam Body - what the caller knows of it; nothing checks it
   */
  get<Body>(args: readonly string[]): Promise<Body>;
  /** Gives every node the container images of a tar file; where the nodes are not ours, they must have them already. */
  importImage(file: string): Promise<void>;
}

/** The part of a cluster that exists on this machine. */
export interface OwnCluster {
  readonly nodes: readonly [ClusterNode, ClusterNode, ...ClusterNode[]];
  /** The node of this name. @throws Error when there is none. */
  node(name: string): ClusterNode;
  /** One request as the admin, over connections that are kept. */
  request<Body>(method: string, path: string, options?: ApiRequestOptions): Promise<ApiResponse<Body>>;
  /** The folder that every node has at `/var/lib/crik-shared`, as this machine sees it; the volumes are in it. */
  readonly sharedDirectory: string;
  /** Where the logs are: `control-plane/*.log`, `<node>/log/*.log`. */
  readonly directory: string;
}

/** Gives what can be done with a cluster that runs, in the process that started it or in another. */
export async function connectCluster(description: ClusterDescription): Promise<Cluster> {
  const { kubeconfig, own } = description;
  const clients = await ensureKubernetesClients();
  const run = async (program: string, args: readonly string[], options: ClientOptions = {}): Promise<ExecResult> => {
    // All of it: a kubeconfig may name a program that makes credentials, and takes its settings from there.
    const environment = { ...process.env, KUBECONFIG: kubeconfig };
    // What kubectl has learned of a cluster that is gone tomorrow is nothing for the user's own cache.
    const caches = own === undefined ? {} : { KUBECACHEDIR: join(own.directory, "kubectl") };
    const result = await collect([program, ...args], { ...environment, ...caches }, options);
    if (result.code === 0 || options.allowFailure === true) return result;
    const said = `${result.stdout}${result.stderr}`.trim();
    throw new Error(`${basename(program)} ${args.join(" ")} ended with status ${result.code}: ${said}`);
  };
  const ownCluster = own === undefined ? undefined : connectOwn(own);
  return {
    kubeconfig,
    ...(ownCluster === undefined ? {} : { own: ownCluster }),
    kubectl: (args, options) => run(clients.kubectl, args, options),
    helm: (args, options) => run(clients.helm, args, options),
    get: async (args) => JSON.parse((await run(clients.kubectl, [...args, "-o", "json"])).stdout),
    importImage: async (file) => {
      await Promise.all((ownCluster?.nodes ?? []).map((node) => node.importImage(file)));
    },
  };
}

function connectOwn(own: OwnClusterDescription): OwnCluster {
  const [first, second, ...others] = own.nodes.map(connectNode);
  if (first === undefined || second === undefined) throw new Error("a cluster of the harness has two nodes");
  const nodes = [first, second, ...others] as const;
  const client = createApiClient({
    port: own.port,
    caFile: own.caFile,
    token: own.adminToken,
    serverName: "localhost",
  });
  return {
    nodes,
    node: (name) => {
      const found = nodes.find((node) => node.name === name);
      if (found === undefined) throw new Error(`there is no node ${name}`);
      return found;
    },
    request: client.request,
    sharedDirectory: own.sharedDirectory,
    directory: own.directory,
  };
}
