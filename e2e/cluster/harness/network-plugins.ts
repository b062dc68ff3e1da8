import { ensureGoPrograms } from "../../harness/go-module.ts";

/** Gives a folder with the CNI plugins that a node needs, built at the first call. */
export function ensureNetworkPlugins(): Promise<string> {
  const path = "github.com/containernetworking/plugins";
  return ensureGoPrograms("network-plugins", {
    path,
    version: "v1.9.0",
    programs: {
      "host-local": `${path}/plugins/ipam/host-local`,
      loopback: `${path}/plugins/main/loopback`,
      portmap: `${path}/plugins/meta/portmap`,
      ptp: `${path}/plugins/main/ptp`,
    },
    recipe: 1,
  });
}
