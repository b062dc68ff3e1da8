import { readFileSync } from "node:fs";

/** In the kernel's order: the place in the list is the bit. */
const all = [
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

/** A capability's name without its `CAP_`. */
export type Capability = (typeof all)[number];

/** What Kubernetes gives a container that asks for nothing (containerd's default set). */
const kubernetesDefaults: readonly Capability[] = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FSETID",
  "FOWNER",
  "MKNOD",
  "NET_RAW",
  "SETGID",
  "SETUID",
  "SETFCAP",
  "SETPCAP",
  "NET_BIND_SERVICE",
  "SYS_CHROOT",
  "KILL",
  "AUDIT_WRITE",
];

/** The sets that the tests have names for. */
export type CapabilityProfile = "privileged" | "default" | "default+cr" | readonly Capability[];

/**
 * The capabilities of a profile. `privileged` is what this machine's root has but SYS_RESOURCE, which not every
 * machine can give: what works without it works with it.
 */
export function capabilitiesOf(profile: CapabilityProfile): readonly Capability[] {
  if (profile === "default") return kubernetesDefaults;
  if (profile === "default+cr") return [...kubernetesDefaults, "CHECKPOINT_RESTORE"];
  if (profile !== "privileged") return profile;
  const bounding = BigInt(
    `0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"}`,
  );
  return all.filter((name, bit) => name !== "SYS_RESOURCE" && (bounding >> BigInt(bit)) & 1n);
}
