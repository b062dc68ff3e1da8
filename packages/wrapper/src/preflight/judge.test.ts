import { describe, expect, it } from "vitest";
import { judge, type PreflightFacts } from "./judge.ts";

const bit = (n: number): bigint => 1n << BigInt(n);
const HostUsers = "         0          0 4294967295\n";
const CheckpointRestore = bit(40);
const SetPcap = bit(8);
const Ptrace = bit(19);
const Chroot = bit(18);
const Full = bit(21) | bit(12) | bit(25) | Ptrace | Chroot | SetPcap | CheckpointRestore;

function facts(status: Partial<PreflightFacts["status"]>, more: Partial<PreflightFacts> = {}): PreflightFacts {
  return {
    status: { capEff: 0n, noNewPrivs: false, seccomp: false, uid: 0, ...status },
    uidMap: HostUsers,
    ptraceScope: 0,
    temporaryFolder: true,
    timeNamespaces: true,
    criuVersion: { major: 4, minor: 2 },
    ...more,
  };
}

describe("what a security context allows (kubernetes-facts of the design: each row was run in a pod)", () => {
  const cases: readonly [name: string, facts: PreflightFacts, mode: string, problems: readonly string[]][] = [
    ["privileged", facts({ capEff: Full }), "privileged", []],
    [
      "the default capabilities and CHECKPOINT_RESTORE",
      facts({ capEff: SetPcap | CheckpointRestore }),
      "unprivileged",
      [],
    ],
    [
      "drop ALL, the two capabilities, no_new_privs",
      facts({ capEff: CheckpointRestore | Ptrace, noNewPrivs: true }),
      "unprivileged",
      [],
    ],
    [
      "the same without no_new_privs: a dump that cannot be restored",
      facts({ capEff: CheckpointRestore | Ptrace }),
      "unprivileged",
      ["no-setpcap"],
    ],
    ["no capability at all", facts({ noNewPrivs: true }), "unprivileged", ["no-capability"]],
    ["a seccomp filter, whatever the capabilities", facts({ capEff: Full, seccomp: true }), "privileged", ["seccomp"]],
    [
      "a user namespace with every capability in it",
      facts({ capEff: Full }, { uidMap: "0 100000 65536" }),
      "unprivileged",
      [],
    ],
    ["SYS_ADMIN alone beside the defaults", facts({ capEff: bit(21) | SetPcap }), "unprivileged", []],
    [
      "yama without SYS_PTRACE",
      facts({ capEff: CheckpointRestore | SetPcap }, { ptraceScope: 1 }),
      "unprivileged",
      ["ptrace-scope"],
    ],
    ["all that full mode needs but SYS_CHROOT", facts({ capEff: Full & ~Chroot }), "unprivileged", []],
    ["CRIU 4.1", facts({ capEff: Full }, { criuVersion: { major: 4, minor: 1 } }), "privileged", ["old-criu"]],
    ["no CRIU", facts({ capEff: Full }, { criuVersion: undefined }), "privileged", ["no-criu"]],
  ];
  it.each(cases)("%s", (_name, given, mode, problems) => {
    const verdict = judge(given);
    expect(verdict.mode).toBe(mode);
    expect(verdict.problems.map((problem) => problem.code)).toEqual(problems);
    expect(verdict.capable).toBe(problems.length === 0);
  });

  it("tells another user than root what capabilities need", () => {
    expect(judge(facts({ uid: 1000 })).problems.map(({ remedy }) => remedy)).toEqual([
      expect.stringContaining("runAsUser: 0"),
    ]);
  });

  it("finds out whether the restored application can have a clock of its own", () => {
    const [admin, time] = [bit(21), bit(25)];
    const few = { capEff: CheckpointRestore | Ptrace | admin | time, noNewPrivs: true };
    const userNamespace = "0 231072 65536\n";
    expect(judge(facts(few))).toMatchObject({ mode: "unprivileged", ownClock: true });
    expect(judge(facts(few, { uidMap: userNamespace }))).toMatchObject({ mode: "unprivileged", ownClock: true });
    expect(judge(facts({ capEff: Full })).ownClock).toBe(true);
    expect(judge(facts({ ...few, capEff: few.capEff & ~time })).ownClock).toBe(false);
    expect(judge(facts({ ...few, capEff: few.capEff & ~admin })).ownClock).toBe(false);
    expect(judge(facts(few, { timeNamespaces: false })).ownClock).toBe(false);
  });

  it("takes the mode it is told", () => {
    expect(judge(facts({ capEff: Full }), "unprivileged").mode).toBe("unprivileged");
  });

  it("warns of an image directory that goes with the container, of a limit under which nothing can be dumped, and of pids that others have too", () => {
    const given = facts(
      { capEff: Full },
      { imageDirectoryInLayer: "/checkpoints", memoryRoom: 6 << 20, othersFirstProcess: "pause" },
    );
    const { capable, warnings } = judge(given);
    expect(capable).toBe(true);
    expect(warnings).toMatchObject([
      {
        code: "image-directory-in-layer",
        message: expect.stringMatching(/^the image directory \/checkpoints is not on/),
      },
      { code: "little-memory", message: expect.stringMatching(/^6\.0 MiB are left .* a dump needs 14\.0 MiB/) },
      { code: "shared-pids", message: expect.stringMatching(/not this container's alone \(process 1 is pause\)/) },
    ]);
    expect(judge(facts({ capEff: Full }, { memoryRoom: 14 << 20 })).warnings).toEqual([]);
  });
});
