/** By their Kubernetes names, in the kernel's order: the place in the list is the bit (`linux/capability.h`). */
const Names = [
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "KILL",
  "SETGID",
  "SETUID",
  "SETPCAP",
  "LINUX_IMMUTABLE",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_ADMIN",
  "NET_RAW",
  "IPC_LOCK",
  "IPC_OWNER",
  "SYS_MODULE",
  "SYS_RAWIO",
  "SYS_CHROOT",
  "SYS_PTRACE",
  "SYS_PACCT",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_NICE",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "MKNOD",
  "LEASE",
  "AUDIT_WRITE",
  "AUDIT_CONTROL",
  "SETFCAP",
  "MAC_OVERRIDE",
  "MAC_ADMIN",
  "SYSLOG",
  "WAKE_ALARM",
  "BLOCK_SUSPEND",
  "AUDIT_READ",
  "PERFMON",
  "BPF",
  "CHECKPOINT_RESTORE",
] as const;

/** A capability by its Kubernetes name, without `CAP_`. */
export type Capability = (typeof Names)[number];

/** The names of the capabilities in a mask such as `CapEff`. */
export function capabilityNames(set: bigint): readonly Capability[] {
  return Names.filter((_name, bit) => ((set >> BigInt(bit)) & 1n) === 1n);
}

/** True when `set`, a mask such as `CapEff`, has the capability. */
export function hasCapability(set: bigint, capability: Capability): boolean {
  return ((set >> BigInt(Names.indexOf(capability))) & 1n) === 1n;
}

/** Those of `wanted` that `set` lacks, in the order asked. */
export function missingCapabilities(set: bigint, wanted: readonly Capability[]): readonly Capability[] {
  return wanted.filter((capability) => !hasCapability(set, capability));
}
