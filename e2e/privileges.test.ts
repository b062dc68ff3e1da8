import { expect, it } from "vitest";
import { startContainer } from "./harness/container.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { type CrikOptions, checkpoint, startCrik, states } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

type Security = Pick<
  CrikOptions,
  "capabilities" | "noNewPrivileges" | "readonlyRootfs" | "seccomp" | "memoryBytes" | "uid"
>;

const sufficient: readonly { readonly name: string; readonly security: Security }[] = [
  { name: "privileged", security: { capabilities: "privileged" } },
  { name: "default capabilities + CHECKPOINT_RESTORE", security: { capabilities: "default+cr" } },
  { name: "privileged, a read-only root", security: { capabilities: "privileged", readonlyRootfs: true } },
  {
    name: "default capabilities + CHECKPOINT_RESTORE, a read-only root",
    security: { capabilities: "default+cr", readonlyRootfs: true },
  },
  {
    name: "default capabilities + CHECKPOINT_RESTORE, no_new_privs",
    security: { capabilities: "default+cr", noNewPrivileges: true },
  },
  {
    name: "drop ALL, add CHECKPOINT_RESTORE and SYS_PTRACE, no_new_privs",
    security: { capabilities: ["CHECKPOINT_RESTORE", "SYS_PTRACE"], noNewPrivileges: true },
  },
  {
    name: "drop ALL, add CHECKPOINT_RESTORE, SYS_PTRACE and SETPCAP",
    security: { capabilities: ["CHECKPOINT_RESTORE", "SYS_PTRACE", "SETPCAP"] },
  },
  {
    name: "drop ALL, add what the full mode needs but SYS_CHROOT, no_new_privs",
    security: { capabilities: ["SYS_ADMIN", "NET_ADMIN", "SYS_TIME", "SYS_PTRACE"], noNewPrivileges: true },
  },
  { name: "a memory limit of 128 MiB", security: { capabilities: "default+cr", memoryBytes: 128 * 2 ** 20 } },
];

const insufficient: readonly { readonly name: string; readonly security: Security; readonly says: RegExp }[] = [
  { name: "the default capabilities", security: { capabilities: "default" }, says: /CHECKPOINT_RESTORE/ },
  { name: "a seccomp filter, privileged", security: { capabilities: "privileged", seccomp: true }, says: /seccomp/i },
  {
    name: "a seccomp filter, default capabilities + CHECKPOINT_RESTORE",
    security: { capabilities: "default+cr", seccomp: true },
    says: /seccomp/i,
  },
  {
    name: "another user than root, to whom Kubernetes gives none",
    security: { uid: 1000, capabilities: "default+cr" },
    says: /CHECKPOINT_RESTORE/,
  },
  { name: "drop ALL, no_new_privs", security: { capabilities: [], noNewPrivileges: true }, says: /CHECKPOINT_RESTORE/ },
];

const application = { rootfs: "debian", command: ["python3", "/programs/signals.py"] } as const;

describeContainers("privileges", () => {
  it.each(sufficient)("are enough to go on in another container: $name", async ({ security }) => {
    await using volume = await makeVolume();
    const options = { ...application, ...security, volume };
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik(options);
    await proveContinuity(first.stdout, second.stdout);
  });

  it.each(insufficient)(
    "are found not to be enough at the start, and SIGTERM is a plain SIGTERM: $name",
    async ({ security, says }) => {
      await using volume = await makeVolume();
      await using box = await startCrik({ ...application, ...security, volume });
      await box.stdout.waitForLine(/^TICK \S+ 3$/);
      expect(box.stderr.all.join("\n")).toMatch(says);
      box.signal("SIGTERM");
      expect((await box.exited).code).toBe(0);
      expect(box.stdout.all).toContain("SIGNAL 15 SIGTERM");
      expect(await states(volume)).toEqual([]);
    },
  );

  it("without SETPCAP and without no_new_privs are either made enough or found not to be", async () => {
    await using volume = await makeVolume();
    const options = { ...application, capabilities: ["CHECKPOINT_RESTORE", "SYS_PTRACE"], volume } as const;
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    expect(first.stderr.all.join("\n")).toMatch(/SETPCAP|no_new_privs/);
    first.signal("SIGTERM");
    const { code } = await first.exited;
    if (code === 143) {
      await using second = await startCrik(options);
      await proveContinuity(first.stdout, second.stdout);
    } else {
      expect(code).toBe(0);
      expect(await states(volume)).toEqual([]);
    }
  });
});

/** What docs/operations.md says of them; root of these containers is the node's root on a volume, as an idmapped mount makes it. */
describeContainers("a folder of the node that is mounted read-only, and a user namespace,", () => {
  const least = ["CHECKPOINT_RESTORE", "SYS_PTRACE"] as const;
  it.each([
    { name: "keeps an application out", capabilities: least, remounted: "refused" },
    {
      name: "keeps none out that has SYS_ADMIN, for a clock of its own",
      capabilities: [...least, "SYS_ADMIN", "SYS_TIME"],
      remounted: "written",
    },
  ] as const)("$name", async ({ capabilities, remounted }) => {
    await using volume = await makeVolume();
    await using box = await startContainer({
      rootfs: "debian",
      command: ["python3", "/programs/readonly.py", "/folder"],
      capabilities,
      noNewPrivileges: true,
      userNamespace: true,
      mounts: [{ from: volume.path, to: "/folder", readonly: true }],
    });
    await box.exited;
    expect(box.stdout.all).toEqual(["as-it-is refused", "from-its-own-namespace refused", `remounted ${remounted}`]);
  });
});
