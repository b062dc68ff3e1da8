import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { collect, type ExecResult } from "../../harness/exec.ts";
import { ensureKubernetesClients } from "../harness/tools.ts";

/** The chart's folder. */
export const chart: string = fileURLToPath(new URL("../../../charts/node-state-server", import.meta.url));

/** A chart that installs what the original crik's chart does. */
export const originalChart: string = fileURLToPath(new URL("original", import.meta.url));

/** The release and the namespace of the tests, as in the chart's README. */
export const release = "node-state-server";
export const namespace = "crik-system";

/** Name of all objects unless the values say otherwise. */
export const objectName = "crik-node-state-server";

/** The values files that between them set every value: together they are all that the chart can do. */
export const valuesFiles: Readonly<Record<string, readonly string[]>> = {
  "default values": [],
  "every value": [valuesFile("every-value")],
  "what excludes something of these": [valuesFile("the-other-way")],
};

/** Path of a values file of the tests. */
export function valuesFile(name: string): string {
  return fileURLToPath(new URL(`values/${name}.yaml`, import.meta.url));
}

/** `--values` for each file. */
export function withValues(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => ["--values", file]);
}

/** An object as it was rendered: what all kinds have, and of the rest what the tests look into. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly selector?: unknown;
    readonly containers?: PodTemplate["spec"]["containers"];
    readonly podSelector?: unknown;
    readonly template?: PodTemplate;
    readonly [field: string]: unknown;
  };
  readonly roleRef?: unknown;
  /** Of a List. */
  readonly items?: readonly Manifest[];
}

/** The pods of a Deployment. */
export interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly {
      readonly image: string;
      readonly command?: readonly string[];
      readonly args: readonly string[];
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
    readonly [field: string]: unknown;
  };
}

/** Runs helm where no cluster is; a status other than 0 is an answer. */
export async function helmOffline(args: readonly string[], input = ""): Promise<ExecResult> {
  const { helm } = await ensureKubernetesClients();
  return collect([helm, ...args], { HOME: "/nonexistent", KUBECONFIG: "/nonexistent" }, { input });
}

/** Objects that `helm template` makes of the chart, helm's test among them; `input` is for `--values=-`. */
export async function render(
  args: readonly string[] = [],
  folder: string = chart,
  input = "",
): Promise<readonly Manifest[]> {
  const where = ["--namespace", namespace];
  const { code, stdout, stderr } = await helmOffline(["template", release, folder, ...where, ...args], input);
  if (code !== 0) throw new Error(stderr);
  return parseManifests(stdout);
}

/** Reads what helm or kubectl wrote; a key that is twice in a map is an error here, and is none for helm. */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true, stringKeys: true }).flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw problem;
    const manifest: Manifest | null = document.toJS();
    return manifest === null ? [] : [manifest];
  });
}

/** The one object of this kind; helm's test is a pod of its own. */
export function only(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter((one) => one.kind === kind && (name === undefined || one.metadata.name === name));
  const [manifest] = found;
  if (manifest === undefined || found.length > 1) {
    const all = manifests.map((one) => `${one.kind}/${one.metadata.name}`).join(" ");
    throw new Error(`there are ${found.length} of ${kind}/${name ?? "*"} among ${all}`);
  }
  return manifest;
}

/** The pods of the one Deployment, and their one container. */
export function podsOf(manifests: readonly Manifest[]): PodTemplate & {
  readonly container: PodTemplate["spec"]["containers"][number];
} {
  const template = only(manifests, "Deployment").spec?.template;
  const [container] = template?.spec.containers ?? [];
  if (template === undefined || container === undefined) throw new Error("the Deployment has no container");
  return { ...template, container };
}

/** A pod as the Deployment's controller makes it: of one version of the template, whose digest it puts into a label. */
export function podOf(manifests: readonly Manifest[], changes: PodChanges = {}): object {
  const { metadata, spec } = podsOf(manifests);
  const labels = { ...metadata.labels, "pod-template-hash": changes.templateHash ?? "1" };
  const { name = `${objectName}-1` } = changes;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, labels, name, namespace },
    spec: { ...spec, ...changes.spec },
  };
}

/** In what a pod differs from the first one of the Deployment. */
export interface PodChanges {
  readonly name?: string | undefined;
  readonly templateHash?: string | undefined;
  readonly spec?: object | undefined;
}
