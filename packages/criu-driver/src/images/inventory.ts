import { numberOf, type WireField } from "./wire.ts";

/** What `inventory.img` says about a checkpoint. CRIU writes it last, so that a dump that failed has none. */
export interface Inventory {
  /** 1, or 2 for what CRIU calls version 1.1. */
  readonly imageVersion: number;
  /** Uptime of the kernel at the dump, in milliseconds; only in the images of a pre-dump, and of a dump that tracks memory. */
  readonly dumpUptimeMs?: number;
  /** The dump was made with `--tcp-close`, and its restore must be too. */
  readonly tcpClose?: boolean;
  /** Security module whose labels were dumped. */
  readonly lsm?: "none" | "selinux" | "apparmor";
  /** How the dump kept packets away, and the restore will. */
  readonly networkLock?: "iptables" | "nftables" | "skip";
}

const Lsm = ["none", "selinux", "apparmor"] as const;
const NetworkLock = ["iptables", "nftables", "skip"] as const;

/**
 * Pure: reads the message of `inventory.img`.
 *
 * @see `images/inventory.proto` in CRIU's sources
 */
export function parseInventory(fields: readonly WireField[]): Inventory {
  const version = numberOf(fields, 1);
  if (version === undefined) throw new RangeError("no image version");
  const uptime = numberOf(fields, 8);
  const tcpClose = numberOf(fields, 10);
  const lsm = Lsm[Number(numberOf(fields, 6) ?? 0n)];
  const lock = numberOf(fields, 11);
  const networkLock = lock === undefined ? undefined : NetworkLock[Number(lock)];
  return {
    imageVersion: Number(version),
    ...(uptime === undefined ? {} : { dumpUptimeMs: Number(uptime / 1000n) }),
    ...(tcpClose === undefined ? {} : { tcpClose: tcpClose !== 0n }),
    ...(lsm === undefined ? {} : { lsm }),
    ...(networkLock === undefined ? {} : { networkLock }),
  };
}
