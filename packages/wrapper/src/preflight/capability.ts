/** Bit numbers of the capabilities that decide (`linux/capability.h`). */
const Bits = {
  SETPCAP: 8,
  NET_ADMIN: 12,
  SYS_PTRACE: 19,
  SYS_ADMIN: 21,
  SYS_TIME: 25,
  CHECKPOINT_RESTORE: 40,
} as const;

/** A capability by its Kubernetes name, without `CAP_`. */
export type Capability = keyof typeof Bits;

/** True when `set`, a mask such as `CapEff`, has the capability. */
export function hasCapability(set: bigint, capability: Capability): boolean {
  return ((set >> BigInt(Bits[capability])) & 1n) === 1n;
}

/** Those of `wanted` that `set` lacks, in the order asked. */
export function missingCapabilities(set: bigint, wanted: readonly Capability[]): readonly Capability[] {
  return wanted.filter((capability) => !hasCapability(set, capability));
}
