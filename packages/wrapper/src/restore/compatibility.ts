import { capabilityNames } from "../preflight/capability.ts";
import { commandDifference } from "./command-difference.ts";
import { uptimeText } from "./uptime-text.ts";

/** What must be the same, or not have gone back, between a checkpoint and the container that restores it. */
export interface Surroundings {
  readonly command: readonly string[];
  readonly versions: { readonly crik: string };
  readonly architecture: string;
  /** Digest of crik-init, which is mapped in the dumped tree: CRIU restores it only from the very same file. */
  readonly initDigest: string;
  /** CLOCK_MONOTONIC, in milliseconds: the application's, or of the machine that it is to be restored on. */
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
 * The clock: without a time namespace (which `--unprivileged` does not make) a restored timer waits for the old machine's CLOCK_MONOTONIC, so
 * on a machine that has been up for a shorter time it stands still, with no error (measured with setInterval of Node.js).
 *
 * @param ownClock - crik may make that time namespace itself
 */
export function incompatibilities(
  there: Surroundings,
  here: Surroundings,
  { ownClock = false }: { readonly ownClock?: boolean | undefined } = {},
): readonly Incompatibility[] {
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
      message: `it was made by crik ${there.versions.crik}, and this is crik ${here.versions.crik}, whose crik-init is another`,
      remedy: `start this pod once with crik ${there.versions.crik}`,
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
  if (!ownClock && needsOwnClock(there, here) && here.monotonicMs < there.monotonicMs) {
    found.push({
      code: "clock",
      message: `this machine has been up for ${uptimeText(here.monotonicMs)}, and the application by its clock for ${uptimeText(there.monotonicMs)}: without a clock of its own its timers would stand still`,
      remedy:
        "give the container SYS_ADMIN and SYS_TIME, best with hostUsers: false, on a machine that allows time namespaces (Linux 5.6, user.max_time_namespaces above 0); or restore on one that has been up for longer",
    });
  }
  const difference = commandDifference(there.command, here.command);
  if (difference !== undefined) {
    found.push({ code: "command", message: difference, remedy: "set ifCommandChanged to choose" });
  }
  return found;
}

/** Pure: true when CRIU gives the application no clock of its own: a dump without privileges leaves time namespaces out, and a restore without makes none. */
export function needsOwnClock(there: Pick<Surroundings, "mode">, here: Pick<Surroundings, "mode">): boolean {
  return there.mode === "unprivileged" || here.mode === "unprivileged";
}

function maskOf({ capabilities }: Surroundings): bigint {
  return BigInt(`0x${capabilities ?? "0"}`);
}
