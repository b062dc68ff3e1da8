/** Who a kubeconfig lets in, and where. */
export interface KubeconfigOptions {
  /** The API server's URL, or a proxy's before it. */
  readonly server: string;
  readonly caFile: string;
  /** The token itself. */
  readonly token?: string | undefined;
  /** A file that holds the token, read anew by the client as it changes. */
  readonly tokenFile?: string | undefined;
}

/** Writes a kubeconfig of one context. It is JSON, and so YAML. */
export function formatKubeconfig(options: KubeconfigOptions): string {
  const { server, caFile, token, tokenFile } = options;
  const name = "crik-tests";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority": caFile } }],
    users: [{ name, user: { token, tokenFile } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
