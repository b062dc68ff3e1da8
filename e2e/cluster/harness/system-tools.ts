import { join } from "node:path";
import { machineNames, parseArchitecture } from "../../../scripts/criu/machine.ts";
import { cached } from "../../harness/cache.ts";
import { unpackDebian } from "../../harness/debian.ts";

/** Debian's programs that a node has, without their being installed on this machine. */
export interface SystemTools {
  /** The folders of the programs, for PATH. */
  readonly path: string;
  /** The folders of their libraries, for LD_LIBRARY_PATH. */
  readonly libraryPath: string;
}

/**
 * Gives nft for kube-proxy, ip, and a message bus for the kubelet, fetched at the first call. The release is an old one
 * since they run with the machine's own C library.
 */
export async function ensureSystemTools(): Promise<SystemTools> {
  const packages = ["nftables", "iproute2", "dbus-daemon"];
  const directory = await cached("system-tools", "bookworm-1", (target) =>
    unpackDebian({ suite: "bookworm", packages, without: /^(libc6|libgcc-s1|gcc-.*|debconf)$/ }, target),
  );
  const { triplet } = machineNames(parseArchitecture(process.arch));
  const listOf = (...places: string[]): string => places.map((place) => join(directory, place)).join(":");
  return {
    path: listOf("usr/sbin", "usr/bin", "sbin", "bin"),
    libraryPath: listOf(`usr/lib/${triplet}`, `lib/${triplet}`),
  };
}
