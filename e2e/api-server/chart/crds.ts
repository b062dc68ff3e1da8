import { copyFile, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../../../scripts/criu/command.ts";
import { cached } from "../../harness/cache.ts";
import { ensureGo } from "../../harness/go-toolchain.ts";

/** Where a project keeps the definition of a resource, in the Go module that it publishes. */
interface PublishedDefinition {
  readonly module: string;
  readonly version: string;
  readonly file: string;
}

const published: readonly PublishedDefinition[] = [
  {
    module: "github.com/prometheus-operator/prometheus-operator",
    version: "v0.85.0",
    file: "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
  },
  {
    module: "github.com/cert-manager/cert-manager",
    version: "v1.21.2",
    file: "deploy/crds/cert-manager.io_certificates.yaml",
  },
];

/**
 * Gives a folder with the real CustomResourceDefinitions of ServiceMonitor and Certificate, fetched at the first call:
 * for `kubectl apply --filename`.
 */
export async function ensureCustomResourceDefinitions(): Promise<string> {
  const key = published.map(({ module, version }) => `${basename(module)}-${version}`).join("-");
  return cached("custom-resources", key, async (target) => {
    const { program, environment } = await ensureGo();
    await mkdir(target, { recursive: true });
    for (const { module, version, file } of published) {
      const answer = await run([program, "mod", "download", "-json", `${module}@${version}`], { environment });
      const { Dir: source }: { readonly Dir: string } = JSON.parse(answer);
      await copyFile(join(source, file), join(target, basename(file)));
    }
  });
}
