import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureGoPrograms } from "../../harness/go-module.ts";

/** Gives the path of a CoreDNS that serves Kubernetes's names: `programs/dns.go`, built at the first call. */
export async function ensureDnsServer(): Promise<string> {
  const directory = await ensureGoPrograms("dns-server", {
    path: "github.com/coredns/coredns",
    version: "v1.13.2",
    programs: { dns: "." },
    main: fileURLToPath(new URL("../programs/dns.go", import.meta.url)),
    recipe: 1,
  });
  return join(directory, "dns");
}
