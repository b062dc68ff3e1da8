import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { collect, type ExecOptions, type ExecResult } from "../../harness/exec.ts";
import { runDirectory } from "../../harness/run-directory.ts";
import type { ApiClient, ApiRequestOptions, ApiResponse } from "./api-client.ts";
import { startEtcd } from "./etcd.ts";
import { startKubeApiserver } from "./kube-apiserver.ts";
import { formatKubeconfig } from "./kubeconfig.ts";
import { signServiceAccountToken } from "./service-account-token.ts";
import { ensureKubernetesClients } from "./tools.ts";

/** A real etcd and a real kube-apiserver, and what one can do to them. Disposing it removes everything of it. */
export interface ApiServer extends AsyncDisposable {
  readonly url: string;
  /** Of 127.0.0.1; the same for as long as this lives. */
  readonly port: number;
  /** The certificate authority that the server made for itself. */
  readonly caFile: string;
  /** The token of a member of `system:masters`. */
  readonly adminToken: string;
  /** The path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  /**
   * Runs the real kubectl as the admin.
   *
   * @throws Error with what it wrote when its status is not 0; give `allowFailure` to look at that yourself.
   */
  kubectl(args: readonly string[], options?: ClientOptions): Promise<ExecResult>;
  /** Runs the real helm as {@link ApiServer.kubectl} does. */
  helm(args: readonly string[], options?: ClientOptions): Promise<ExecResult>;
  /** One request, as the admin if not told otherwise, over connections that are kept. */
  request<Body>(method: string, path: string, options?: ApiRequestOptions): Promise<ApiResponse<Body>>;
  /**
   * A token of a service account that is there, as the kubelet puts one into a pod.
   *
   * The API server refuses it from then on; but for 10 s it trusts what it has found out about a token, so a token that
   * is in use is refused up to 10 s later.
   */
  serviceAccountToken(account: ServiceAccountLifetime): Promise<string>;
  /** Writes a kubeconfig and gives its path. */
  kubeconfigFor(access: KubeconfigAccess): Promise<string>;
  /** Ends kube-apiserver with SIGKILL: every connection breaks, and new ones are refused. */
  kill(): Promise<void>;
  /** Kills kube-apiserver if it runs, and resolves when another one on the same port and data is ready. */
  restart(): Promise<void>;
  /** Stops kube-apiserver with SIGSTOP: connections stay open, new ones are taken by the kernel, nothing answers. */
  freeze(): void;
  /** Ends {@link ApiServer.freeze}. */
  thaw(): void;
  /** Stops etcd: kube-apiserver answers from its caches, and fails where it must ask. */
  freezeEtcd(): void;
  /** Ends {@link ApiServer.freezeEtcd}. */
  thawEtcd(): void;
  /**
   * Has etcd forget every revision but the newest. kube-apiserver still has the last ones in its memory; after
   * {@link ApiServer.restart} an old resourceVersion gets 410.
   */
  compact(): Promise<void>;
}

/** How to run kubectl or helm. */
export interface ClientOptions extends ExecOptions {
  /** A status other than 0 is an answer. @defaultValue false */
  readonly allowFailure?: boolean | undefined;
}

/** Whose token, and how long it is good. */
export interface ServiceAccountLifetime {
  readonly namespace: string;
  readonly name: string;
  /** From now; 0 and less make a token that is expired already. @defaultValue 3600 */
  readonly expiresInSeconds?: number | undefined;
}

/** Who a kubeconfig is for. */
export interface KubeconfigAccess {
  readonly token?: string | undefined;
  /** A file that holds the token, read anew by the client as it changes. */
  readonly tokenFile?: string | undefined;
  /** @defaultValue the API server's own URL */
  readonly server?: string | undefined;
}

/** What may differ from one API server to another. */
export interface ApiServerOptions {
  /** Further flags of kube-apiserver. */
  readonly flags?: readonly string[] | undefined;
}

/**
 * Starts an API server and resolves, some four seconds later, when it answers. It needs no root and changes nothing of
 * the host; it ends with this process, however that ends.
 */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const directory = join(await runDirectory(), `kube-${randomBytes(4).toString("hex")}`);
  await mkdir(directory);
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  const etcd = await startEtcd(directory);
  cleanUp.defer(() => etcd.process.kill());
  const server = await startKubeApiserver({ directory, etcd, flags: options.flags ?? [] });
  cleanUp.defer(() => server.kill());
  const { port, caFile, adminToken, client } = server;
  const url = `https://127.0.0.1:${port}`;
  const clients = await ensureKubernetesClients();
  let kubeconfigs = 0;
  const kubeconfigFor = async (access: KubeconfigAccess): Promise<string> => {
    const path = join(directory, `kubeconfig-${kubeconfigs++}.json`);
    await writeFile(path, formatKubeconfig({ ...access, server: access.server ?? url, caFile }));
    return path;
  };
  const kubeconfig = await kubeconfigFor({ token: adminToken });
  const run = async (program: string, args: readonly string[], runOptions: ClientOptions = {}): Promise<ExecResult> => {
    const result = await collect([program, ...args], { HOME: directory, KUBECONFIG: kubeconfig }, runOptions);
    if (result.code === 0 || runOptions.allowFailure === true) return result;
    const said = `${result.stdout}${result.stderr}`.trim();
    throw new Error(`${basename(program)} ${args.join(" ")} ended with status ${result.code}: ${said}`);
  };
  const remove = cleanUp.move();
  return {
    url,
    port,
    caFile,
    adminToken,
    kubeconfig,
    kubectl: (args, runOptions) => run(clients.kubectl, args, runOptions),
    helm: (args, runOptions) => run(clients.helm, args, runOptions),
    request: client.request,
    serviceAccountToken: async ({ namespace, name, expiresInSeconds = 3600 }) => {
      const uid = await serviceAccountUid(client, namespace, name);
      const expiresAt = new Date(Date.now() + expiresInSeconds * 1000);
      return signServiceAccountToken(server.serviceAccountKey, { namespace, name, uid, expiresAt });
    },
    kubeconfigFor,
    kill: server.kill,
    restart: server.restart,
    freeze: () => server.process.freeze(),
    thaw: () => server.process.thaw(),
    freezeEtcd: () => etcd.process.freeze(),
    thawEtcd: () => etcd.process.thaw(),
    compact: etcd.compact,
    [Symbol.asyncDispose]: () => remove.disposeAsync(),
  };
}

async function serviceAccountUid(client: ApiClient, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
  const { status, body } = await client.request<{ readonly metadata: { readonly uid: string } }>("GET", path);
  if (status !== 200) throw new Error(`there is no service account at ${path}: ${status}`);
  return body.metadata.uid;
}
