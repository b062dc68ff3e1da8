import type { ProcessStatus } from "../proc/status.ts";
import { hasCapability, missingCapabilities } from "./capability.ts";
import { type PreflightWarning, type WarningFacts, warningsOf } from "./warnings.ts";

/** How CRIU has to be run: with everything it can do, or as `--unprivileged`. */
export type CriuMode = "privileged" | "unprivileged";

/** What decides whether this container can checkpoint and restore. */
export interface PreflightFacts extends WarningFacts {
  /** crik's own status: CRIU inherits it, and so does the application. */
  readonly status: Pick<ProcessStatus, "capEff" | "noNewPrivs" | "seccomp" | "uid">;
  /** `/proc/self/uid_map`. */
  readonly uidMap: string;
  /** `/proc/sys/kernel/yama/ptrace_scope`; 0 where there is no yama. */
  readonly ptraceScope: number;
  /** False when /tmp is missing or cannot be written to: a CRIU in full mode tries kernel features there. */
  readonly temporaryFolder: boolean;
  /** False where the kernel has none, as before Linux 5.6, or the node allows none. */
  readonly timeNamespaces: boolean;
  /** `undefined` when CRIU could not be run. */
  readonly criuVersion: { readonly major: number; readonly minor: number; readonly sublevel?: number } | undefined;
  /** Why CRIU could not be run. */
  readonly criuProblem?: string | undefined;
}

/** One thing that is wrong, and the lines that cure it. */
export interface PreflightProblem {
  readonly code: "no-criu" | "old-criu" | "seccomp" | "no-capability" | "no-setpcap" | "ptrace-scope";
  readonly message: string;
  readonly remedy: string;
}

/** Can a checkpoint made here be restored, and how is CRIU to be run? */
export interface PreflightVerdict {
  readonly capable: boolean;
  readonly mode: CriuMode;
  /** What is restored can have a clock of its own, also where CRIU makes it none. */
  readonly ownClock: boolean;
  readonly problems: readonly PreflightProblem[];
  /** What may still be wrong, and does not keep a checkpoint from being made. */
  readonly warnings: readonly PreflightWarning[];
}

/** The least that a restore in full mode needs (measured: each one left out failed by name). Containers have SYS_CHROOT unless it is dropped. */
const Full = ["SYS_ADMIN", "NET_ADMIN", "SYS_TIME", "SYS_PTRACE", "SYS_CHROOT"] as const;

/** What the kernel wants for a time namespace whose clock is set, in the user namespace of the container (measured in one of its own, too). */
const OwnClock = ["SYS_ADMIN", "SYS_TIME"] as const;

/**
 * Pure: judged at the start, before anything can be lost, because some of these let a dump succeed and only its restore fail.
 * `wanted` overrides the mode that would be found out.
 */
export function judge(facts: PreflightFacts, wanted: CriuMode | "auto" = "auto"): PreflightVerdict {
  const mode = wanted === "auto" ? modeFor(facts) : wanted;
  const problems = [criuProblem(facts), ...privilegeProblems(facts)].filter((problem) => problem !== undefined);
  const ownClock = facts.timeNamespaces && missingCapabilities(facts.status.capEff, OwnClock).length === 0;
  return { capable: problems.length === 0, mode, ownClock, problems, warnings: warningsOf(facts) };
}

/** In a user namespace CapEff may be full and the kernel still refuse (`SO_SNDBUFFORCE`): only `--unprivileged` works there. */
function modeFor({ status, uidMap, temporaryFolder }: PreflightFacts): CriuMode {
  const hostUsers = /^\s*0\s+0\s+4294967295\s*$/.test(uidMap);
  return hostUsers && temporaryFolder && missingCapabilities(status.capEff, Full).length === 0
    ? "privileged"
    : "unprivileged";
}

function criuProblem({ criuVersion, criuProblem: why }: PreflightFacts): PreflightProblem | undefined {
  if (criuVersion === undefined) {
    return {
      code: "no-criu",
      message: `CRIU cannot be run: ${why ?? "not found"}`,
      remedy: "use crik's bundle, which has CRIU in it, or install CRIU 4.2 or newer",
    };
  }
  const { major, minor } = criuVersion;
  if (major > 4 || (major === 4 && minor >= 2)) return undefined;
  return {
    code: "old-criu",
    message: `CRIU ${major}.${minor} cannot dump a process with a TCP socket on Linux 6.16 and later`,
    remedy: "use crik's bundle, which has CRIU in it, or install CRIU 4.2 or newer",
  };
}

function privilegeProblems({ status, ptraceScope }: PreflightFacts): readonly (PreflightProblem | undefined)[] {
  const { capEff, noNewPrivs, seccomp, uid } = status;
  if (seccomp) {
    return [
      {
        code: "seccomp",
        message: "a seccomp filter is in force, and CRIU cannot trace a process from under one",
        remedy: "securityContext: { seccompProfile: { type: Unconfined } }",
      },
    ];
  }
  if (!hasCapability(capEff, "CHECKPOINT_RESTORE") && !hasCapability(capEff, "SYS_ADMIN")) {
    return [
      {
        code: "no-capability",
        message: "neither CAP_CHECKPOINT_RESTORE nor CAP_SYS_ADMIN is there",
        remedy:
          uid === 0
            ? "securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL], add: [CHECKPOINT_RESTORE, SYS_PTRACE] } }"
            : `securityContext: { runAsUser: 0 } beside the capabilities, as Kubernetes gives them to root alone and this is uid ${uid}; or crik from \`crik install --file-capabilities\``,
      },
    ];
  }
  return [
    noNewPrivs || hasCapability(capEff, "SETPCAP")
      ? undefined
      : {
          code: "no-setpcap",
          message: "a checkpoint could be made and not restored: CAP_SETPCAP is missing and no_new_privs is not set",
          remedy: "securityContext: { allowPrivilegeEscalation: false }, or capabilities: { add: [SETPCAP] }",
        },
    ptraceScope >= 1 && !hasCapability(capEff, "SYS_PTRACE")
      ? {
          code: "ptrace-scope",
          message: `this node restricts ptrace (yama, ptrace_scope ${ptraceScope}) and CAP_SYS_PTRACE is missing`,
          remedy: "securityContext: { capabilities: { add: [SYS_PTRACE] } }",
        }
      : undefined,
  ];
}
