import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programs, run } from "./harness.ts";

const asRoot = process.getuid?.() === 0;
const loader = process.arch === "arm64" ? "ld-linux-aarch64.so.1" : "ld-linux-x86-64.so.2";
/** CHECKPOINT_RESTORE and SYS_PTRACE, as /proc/PID/status shows them. */
const Both = "0000010000080000";
const None = "0000000000000000";
let home = "";

/** A bundle whose loader is a script that shows its own status, then that of an application. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "crik-capabilities-"));
  await chmod(home, 0o755);
  await mkdir(join(home, "bin"));
  await mkdir(join(home, "lib"));
  await copyFile(programs.launcher, join(home, "bin/crik"));
  await copyFile(programs.init, join(home, "bin/crik-init"));
  const show = "grep -E '^(CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs)' /proc/self/status";
  const script = `#!/bin/sh\n${show}\necho application\nexec ${join(home, "bin/crik-init")} init -- ${show}\n`;
  await writeFile(join(home, "lib", loader), script);
  await chmod(join(home, "lib", loader), 0o755);
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** What crik and the application see, started by the launcher under `setpriv` with these options. */
async function statuses(...options: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { stdout, stderr } = await run(["setpriv", ...options, join(home, "bin/crik"), "run"]);
  expect(stderr).toBe("");
  return stdout.split("application\n").map((text) => text.match(/(?<=:\t).*/g) ?? []);
}

const user = ["--reuid=1000", "--regid=1000", "--clear-groups"] as const;
const pod = ["--bounding-set=-all,+checkpoint_restore,+sys_ptrace", "--inh-caps=-all"] as const;

describe.skipIf(!asRoot)("a launcher with file capabilities (needs root)", () => {
  beforeAll(async () => {
    expect(await run([programs.init, "setcap", join(home, "bin/crik")])).toMatchObject({ code: 0, stderr: "" });
  });

  it("gives them to crik of another user than root, with no_new_privs, and the application has none", async () => {
    expect(await statuses(...user, ...pod)).toEqual([
      [Both, Both, Both, Both, "1"],
      [None, None, None, None, "1"],
    ]);
  });

  it("starts without them where the container does not have them", async () => {
    const nothing = [None, None, None, None, "0"];
    expect(await statuses(...user, "--bounding-set=-all", "--inh-caps=-all")).toEqual([nothing, nothing]);
  });

  it("gives them under allowPrivilegeEscalation: false only when the container's own first program is the launcher", async () => {
    // A container engine has them when it executes its first program, as setpriv has here; the kernel then sees no gain.
    const [crik] = await statuses(...user, ...pod, "--no-new-privs");
    expect(crik).toEqual([Both, Both, Both, Both, "1"]);
    // A program between the two has lost them.
    const [later] = await statuses(...user, ...pod, "--no-new-privs", "env");
    expect(later).toEqual([None, None, None, None, "1"]);
  });

  it("changes nothing for root", async () => {
    const root = [None, Both, Both, None, "0"];
    expect(await statuses(...pod)).toEqual([root, root]);
  });
});

describe.skipIf(!asRoot)("an application of another user than root (needs root)", () => {
  it("keeps ambient capabilities that its container gave it", async () => {
    const given = ["--bounding-set=-all,+sys_ptrace", "--inh-caps=-all,+sys_ptrace", "--ambient-caps=-all,+sys_ptrace"];
    const application = [join(home, "bin/crik-init"), "init", "--", "grep", "CapEff", "/proc/self/status"] as const;
    expect((await run(["setpriv", ...user, ...given, ...application])).stdout).toBe("CapEff:\t0000000000080000\n");
  });
});

describe("setcap", () => {
  it("says what it needs", async () => {
    expect(await run([programs.init, "setcap"])).toMatchObject({ code: 125, stderr: expect.stringContaining("PATH") });
    expect(await run([programs.init, "setcap", join(home, "nothing")])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/nothing: No such file/),
    });
  });
});
