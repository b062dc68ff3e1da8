import { join } from "node:path";
import { ensureGoPrograms } from "../../harness/go-module.ts";

/** The Kubernetes that the tests run; the Go modules `k8s.io/*` of the same release are numbered v0.34.4. */
export const kubernetesVersion = "1.34.4";

/** A program of Kubernetes's servers, by its folder in `k8s.io/kubernetes/cmd`. */
export type KubernetesComponent =
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-proxy"
  | "kube-scheduler"
  | "kubelet";

/**
 * Gives the path of a program of Kubernetes, built from its Go modules at the first call: minutes, and up to 2 GB of
 * memory.
 */
export async function ensureKubernetes(component: KubernetesComponent): Promise<string> {
  const path = "k8s.io/kubernetes";
  const directory = await ensureGoPrograms("kubernetes", {
    path,
    version: `v${kubernetesVersion}`,
    programs: { [component]: `${path}/cmd/${component}` },
    variables: versionVariables(),
    editGoMod: publishedModules,
    recipe: 1,
  });
  return join(directory, component);
}

/**
 * Kubernetes's go.mod takes part of its modules out of its own repository (`v0.0.0`, and a `replace` with
 * `./staging/…`). The same modules are published with the release.
 */
function publishedModules(text: string): string {
  return text
    .replace(/^(\tk8s\.io\/\S+) v0\.0\.0$/gm, `$1 v${kubernetesVersion.replace("1.", "0.")}`)
    .replace(/^\t.* => \.\/staging\/.*\n/gm, "");
}

/** Without a version in them Kubernetes's programs call themselves v0.0.0-master and refuse to work together. */
function versionVariables(): Readonly<Record<string, string>> {
  const [major = "", minor = ""] = kubernetesVersion.split(".");
  const values = {
    gitVersion: `v${kubernetesVersion}`,
    gitMajor: major,
    gitMinor: minor,
    gitCommit: "module",
    gitTreeState: "archive",
    buildDate: "2026-01-01T00:00:00Z",
  };
  const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  return Object.fromEntries(
    packages.flatMap((name) => Object.entries(values).map(([key, value]) => [`${name}.${key}`, value])),
  );
}
