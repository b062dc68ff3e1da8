import { capabilityNames } from "../preflight/capability.ts";
import { commandDifference } from "./command-difference.ts";

/** What must be the same, or not have gone back, between a checkpoint and the container that restores it. */
export interface Surroundings {
  readonly command: readonly string[];
  readonly architecture: string;
  /** Digest of crik-init, which is mapped in the dumped tree: CRIU restores it only from the very same file. */
  readonly initDigest: string;
  /** CLOCK_MONOTONIC of the machine, in milliseconds. */
  readonly monotonicMs: number;
  readonly bootId: string;
  readonly mode: "privileged" | "unprivileged";
  readonly cpuFeatures: readonly string[];
  /** Capabilities that the tree had, or that a restore can give: a hexadecimal mask. Not known of an older checkpoint. */
  readonly capabilities?: string | undefined;
}

/** One reason why a checkpoint cannot be restored here. */
export interface Incompatibility {
  readonly code: "command" | "architecture" | "init" | "clock" | "cpu" | "capabilities";
  readonly message: string;
  readonly remedy: string;
}

/**
 * Pure: what stands against restoring here a checkpoint that was made there; empty when nothing does.
 *
 * The clock: without a time namespace (which `--unprivileged` cannot make) a restored timer waits for the old machine's CLOCK_MONOTONIC, so
 * on a machine that booted later it never fires again, with no error (measured with setInterval of Node.js).
 */
export function incompatibilities(there: Surroundings, here: Surroundings): readonly Incompatibility[] {
  const found: Incompatibility[] = [];
  if (there.architecture !== here.architecture) {
    found.push({
      code: "architecture",
      message: `it was made on ${there.architecture}, this machine is ${here.architecture}`,
      remedy: "keep the pod on nodes of one architecture (nodeSelector kubernetes.io/arch)",
    });
  }
  const missing = there.cpuFeatures.filter((feature) => !here.cpuFeatures.includes(feature));
  if (there.architecture === here.architecture && missing.length > 0) {
    found.push({
      code: "cpu",
      message: `this machine's processor lacks what the application may be using: ${missing.join(" ")}`,
      remedy: "keep the pod on nodes of one processor generation (nodeSelector on the instance type)",
    });
  }
  if (there.initDigest !== here.initDigest) {
    found.push({
      code: "init",
      message: "it was made by a crik with another crik-init, which is part of the dumped tree",
      remedy: "restore it with the version of crik that made it",
    });
  }
  const lacking = capabilityNames(maskOf(there) & ~maskOf(here));
  if (here.capabilities !== undefined && lacking.length > 0) {
    found.push({
      code: "capabilities",
      message: `the application had capabilities that this container lacks: ${lacking.join(" ")}`,
      remedy: `give the container the capabilities that it had (securityContext.capabilities.add: [${lacking.join(", ")}])`,
    });
  }
  // A dump without privileges leaves time namespaces out, and a restore without cannot make one.
  const unshifted = there.mode === "unprivileged" || here.mode === "unprivileged";
  if (unshifted && here.monotonicMs < there.monotonicMs) {
    found.push({
      code: "clock",
      message:
        "this machine booted later than the one it was made on, and an unprivileged restore cannot shift the clock: its timers would never fire again",
      remedy:
        "restore on the machine it was made on, or give the container SYS_ADMIN, NET_ADMIN, SYS_TIME and SYS_PTRACE",
    });
  }
  const difference = commandDifference(there.command, here.command);
  if (difference !== undefined) {
    found.push({ code: "command", message: difference, remedy: "set ifCommandChanged to choose" });
  }
  return found;
}

function maskOf({ capabilities }: Surroundings): bigint {
  return BigInt(`0x${capabilities ?? "0"}`);
}
