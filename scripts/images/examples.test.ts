import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseConfig } from "../../packages/config/src/index.ts";
import { links } from "../docs/markdown.ts";
import { filesEndingIn, read } from "../docs/repository.ts";
import { readDockerfile } from "./build.ts";
import { recipes } from "./recipes.ts";
import { StandIns } from "./stand-ins.ts";

/** What these checks read of a container. */
interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

/** What these checks read of an object. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly serviceName?: string;
    readonly clusterIP?: string;
    readonly selector?: unknown;
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly terminationGracePeriodSeconds?: number;
        readonly initContainers?: readonly Container[];
        readonly containers: readonly Container[];
        readonly volumes?: readonly {
          readonly image?: { readonly reference: string };
          readonly emptyDir?: { readonly sizeLimit?: string };
        }[];
      };
    };
  };
}

/** Names that would not be in an example without a reason, wherever they stand. */
const Forbidden = ["privileged", "hostPath", "hostPID", "hostIPC", "hostNetwork"];

/** What every application's container has, and no more; `examples/simple-loop.yaml` explains it. */
const Security = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"], add: ["CHECKPOINT_RESTORE", "SYS_PTRACE"] },
  seccompProfile: { type: "Unconfined" },
};

/** What an example may add to it: none of these gives the container anything. */
const Allowed = ["runAsNonRoot", "procMount"];

function manifests(file: string): readonly Manifest[] {
  return parseAllDocuments(read(file), { strict: true, uniqueKeys: true }).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS();
  });
}

function namesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(namesIn)];
}

const files = filesEndingIn(".yaml", "examples");
const images = new Set([...recipes().map(({ reference }) => reference), ...StandIns.map(({ short }) => short)]);

it("examples/README.md has every example", () => {
  const linked = links(read("examples/README.md")).map(({ target }) => target);
  expect(linked.filter((target) => target.endsWith(".yaml"))).toEqual(
    expect.arrayContaining(files.map((file) => basename(file))),
  );
});

it("documents name the images that `pnpm images` makes at their present versions", () => {
  const named = filesEndingIn(".md")
    .filter((document) => !document.includes("CHANGELOG"))
    .flatMap((document) => read(document).match(/ghcr\.io\/crik-dev\/[a-z-]+:[0-9][\w.-]*/gu) ?? []);
  expect(named.length).toBeGreaterThan(0);
  for (const image of named) expect(images).toContain(image);
});

describe.each(files)("%s", (file) => {
  const all = manifests(file);
  const pods = all.flatMap(({ spec }) => (spec?.template === undefined ? [] : [spec.template.spec]));

  it("is one application", () => {
    const kinds = all.map(({ kind }) => kind);
    const beside = ["ConfigMap", "PersistentVolumeClaim", "Service"];
    expect(kinds.filter((kind) => beside.includes(kind)).length).toBe(kinds.length - 1);
    expect(pods).toHaveLength(1);
  });

  it("makes the headless Service that it names, and no other", () => {
    const services = all.filter(({ kind }) => kind === "Service");
    const governed = all.filter(({ spec }) => spec?.serviceName !== undefined);
    expect(governed).toHaveLength(all.filter(({ kind }) => kind === "StatefulSet").length);
    expect(services.map(({ metadata, spec }) => ({ name: metadata.name, ...spec }))).toEqual(
      governed.map(({ spec }) => ({
        name: spec?.serviceName,
        clusterIP: "None",
        selector: spec?.template?.metadata.labels,
      })),
    );
  });

  it("asks for processor time and memory, and limits memory and folders of the node, but not processor time", () => {
    for (const { containers, initContainers = [], volumes = [] } of pods) {
      for (const { resources } of [...containers, ...initContainers]) {
        expect(resources).toEqual({
          requests: { cpu: expect.any(String), memory: expect.any(String) },
          limits: { memory: expect.any(String) },
        });
      }
      // Kubernetes asks the node for the largest that any init container asks for: that of crik is to cost a pod nothing.
      for (const { resources } of initContainers)
        expect(resources?.requests).toEqual(containers[0]?.resources?.requests);
      for (const { emptyDir } of volumes) if (emptyDir !== undefined) expect(emptyDir.sizeLimit).toBeDefined();
    }
  });

  it("is not privileged, and takes nothing of the node", () => {
    expect(namesIn(all).filter((name) => Forbidden.includes(name))).toEqual([]);
  });

  it("gives the application's container two capabilities, and that of crik none, or the one that makes files have them", () => {
    for (const pod of pods) {
      for (const { securityContext = {} } of pod.containers) {
        const rest = Object.entries(securityContext).filter(([name]) => !Allowed.includes(name));
        expect(Object.fromEntries(rest)).toEqual(Security);
      }
      for (const { args, securityContext } of pod.initContainers ?? []) {
        const withCapabilities = args?.includes("--file-capabilities") === true;
        expect(securityContext).toEqual({
          ...(withCapabilities ? { runAsUser: 0 } : {}),
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"], ...(withCapabilities ? { add: ["SETFCAP"] } : {}) },
          seccompProfile: { type: "RuntimeDefault" },
        });
      }
    }
  });

  it("has crik installed into the volume that the application has at /opt/crik, and does not hide the image's own one", () => {
    for (const { initContainers = [], containers } of pods) {
      const [application] = containers;
      const volume = application?.volumeMounts?.find(({ mountPath }) => mountPath === "/opt/crik")?.name;
      for (const { args = [], volumeMounts } of initContainers) {
        expect(volumeMounts).toEqual([{ name: volume, mountPath: args.at(-1) }]);
        expect(args.at(-1)).not.toMatch(/^\/opt\/crik/);
      }
    }
  });

  it("tells crik where checkpoints go, and the pod's own grace period", async () => {
    const text = all.find(({ kind }) => kind === "ConfigMap")?.data?.["config.yaml"];
    for (const { terminationGracePeriodSeconds, containers } of pods) {
      for (const { env = [] } of containers) {
        const variables = Object.fromEntries(env.map(({ name, value }) => [name, value]));
        const result = await parseConfig(text ?? "", { env: { ...variables, KUBERNETES_NODE_NAME: "worker-1" } });
        expect(result).toMatchObject({
          ok: true,
          config: { imageDirectory: "/checkpoints", gracePeriodMs: (terminationGracePeriodSeconds ?? 0) * 1000 },
          warnings: [],
        });
      }
    }
  });

  it("names images that `pnpm images` makes, at their present versions", () => {
    for (const { containers, initContainers = [], volumes = [] } of pods) {
      const named = [...containers, ...initContainers].map(({ image }) => image);
      const mounted = volumes.flatMap(({ image }) => (image === undefined ? [] : [image.reference]));
      for (const image of [...named, ...mounted]) expect([...images]).toContain(image);
    }
  });
});

it.each(recipes())(
  "images/$name is made of images that `pnpm images` makes, at their present versions",
  async ({ name }) => {
    const { base, copies } = await readDockerfile(name, "x64");
    const named = [base, ...copies.flatMap(({ from }) => (from === undefined ? [] : [from]))];
    for (const image of named.filter((one) => one !== "scratch")) expect([...images]).toContain(image);
  },
);
