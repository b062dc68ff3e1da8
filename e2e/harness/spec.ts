import { type Capability, type CapabilityProfile, capabilitiesOf } from "./capabilities.ts";

/** A bind mount into the container. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly readonly?: boolean | undefined;
}

/** What the pod's author decides. */
export interface SpecOptions {
  readonly command: readonly [string, ...string[]];
  readonly rootPath: string;
  readonly cgroupsPath: string;
  /** The kubelet's mounts come first, these after. */
  readonly mounts: readonly Mount[];
  readonly hostname: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly capabilities: CapabilityProfile;
  readonly noNewPrivileges: boolean;
  readonly readonlyRootfs: boolean;
  readonly terminal: boolean;
  readonly seccomp: boolean;
  /** `hostUsers: false` with `procMount: Unmasked`. The ids are the same within and without, so that files need no mapping: capabilities count within alone. */
  readonly userNamespace: boolean;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly memoryBytes?: number | undefined;
  /** Size of /dev/shm; containerd's is 64 MiB. */
  readonly shmBytes: number;
}

const maskedPaths = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
  "/sys/devices/virtual/powercap",
];
const readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** The OCI configuration as containerd's CRI plugin writes it for a pod's container. */
export function ociSpec(options: SpecOptions): Readonly<Record<string, unknown>> {
  const privileged = options.capabilities === "privileged";
  const names = capabilitiesOf(options.capabilities).map((name: Capability) => `CAP_${name}`);
  const { memoryBytes, userNamespace } = options;
  return {
    ociVersion: "1.0.2",
    hostname: options.hostname,
    process: {
      terminal: options.terminal,
      user: options.user,
      args: options.command,
      env: Object.entries(options.environment).map(([name, value]) => `${name}=${value}`),
      cwd: options.workingDirectory,
      capabilities: { bounding: names, effective: names, permitted: names },
      noNewPrivileges: options.noNewPrivileges,
    },
    root: { path: options.rootPath, readonly: options.readonlyRootfs },
    mounts: [...systemMounts(privileged, options.shmBytes), ...options.mounts.map(bindMount)],
    linux: {
      cgroupsPath: options.cgroupsPath,
      namespaces: ["pid", "mount", "ipc", "uts", "network", ...(userNamespace ? ["user"] : [])].map((type) => ({
        type,
      })),
      ...(userNamespace ? { uidMappings: sameIds, gidMappings: sameIds } : {}),
      resources: {
        devices: [{ allow: privileged, access: "rwm" }],
        ...(memoryBytes === undefined ? {} : { memory: { limit: memoryBytes } }),
      },
      ...(privileged || userNamespace ? {} : { maskedPaths, readonlyPaths }),
      ...(options.seccomp ? { seccomp: smallFilter } : {}),
    },
  };
}

const sameIds = [{ containerID: 0, hostID: 0, size: 65_536 }];

function systemMounts(privileged: boolean, shmBytes: number): readonly unknown[] {
  const safe = ["nosuid", "noexec", "nodev"];
  const access = privileged ? "rw" : "ro";
  return [
    { destination: "/proc", type: "proc", source: "proc", options: safe },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: safe },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: [...safe, access] },
    { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: [...safe, "relatime", access] },
    { destination: "/dev/shm", type: "tmpfs", source: "shm", options: [...safe, "mode=1777", `size=${shmBytes}`] },
  ];
}

function bindMount(mount: Mount): unknown {
  return {
    destination: mount.to,
    type: "bind",
    source: mount.from,
    options: ["rbind", "rprivate", mount.readonly === true ? "ro" : "rw"],
  };
}

/** Any filter at all keeps CRIU from working (it can't suspend one on its own tracer): one rule nobody meets is enough. */
const smallFilter = {
  defaultAction: "SCMP_ACT_ALLOW",
  architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
  syscalls: [{ names: ["kexec_load"], action: "SCMP_ACT_ERRNO" }],
};
