import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../test/sandbox.ts";
import { problemsOf } from "./check.ts";
import { compareVersions, parseVersion } from "./version.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

describe("the version of CRIU", () => {
  it("is read from what it prints", async () => {
    expect(await sandbox.criu([{ print: "Version: 4.2.1" }, { exit: 0 }]).version()).toEqual({
      major: 4,
      minor: 2,
      sublevel: 1,
    });
    expect(parseVersion("Version: 4.3\nGitID: v4.2-17-gabcdef0\n")).toEqual({
      major: 4,
      minor: 3,
      sublevel: 0,
      gitId: "v4.2-17-gabcdef0",
    });
    expect(parseVersion("criu?")).toBeUndefined();
  });

  it("can be compared", () => {
    const version = { major: 4, minor: 2, sublevel: 1 };
    expect(compareVersions(version, { major: 4, minor: 2, sublevel: 0 })).toBeGreaterThan(0);
    expect(compareVersions(version, { major: 4, minor: 10, sublevel: 0 })).toBeLessThan(0);
    expect(compareVersions(version, version)).toBe(0);
  });

  it("is not there when another program answers, or none", async () => {
    const other = sandbox.criu([{ print: "hello" }, { exit: 0 }]).version();
    await expect(other).rejects.toMatchObject({
      code: "ERR_CRIU_NOT_FOUND",
      message: expect.stringContaining("hello"),
    });
    const none = sandbox.criu([], { command: ["/nowhere/criu"] }).version();
    await expect(none).rejects.toMatchObject({ code: "ERR_CRIU_NOT_FOUND" });
    const slow = sandbox.criu([{ sleepMs: 60_000 }]).version({ signal: AbortSignal.timeout(200) });
    await expect(slow).rejects.toMatchObject({ code: "ERR_CRIU_ABORTED" });
    await expect(sandbox.criu([]).version({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ERR_CRIU_ABORTED",
    });
  });
});

describe("a check", () => {
  const version = { print: "Version: 4.2.1" };

  it("reports CRIU's verdict and each feature", async () => {
    const report = await sandbox.criu([version, { print: "Looks good." }, { exit: 0 }]).check({ features: ["timens"] });
    expect(report).toEqual({
      ok: true,
      version: { major: 4, minor: 2, sublevel: 1 },
      features: new Map([["timens", true]]),
      // The fake prints its version at every run.
      problems: ["Version: 4.2.1"],
    });
  });

  it("fails for a feature that CRIU has no name for, and for a CRIU that dies", async () => {
    const unknown = sandbox.criu([
      version,
      { print: "Error (criu/cr-check.c:1901): Unknown feature nonsense" },
      { exit: 0 },
    ]);
    await expect(unknown.check({ features: ["nonsense"] })).rejects.toMatchObject({ code: "ERR_CRIU_UNSUPPORTED" });
    const dying = sandbox.criu([version, { sleepMs: 100 }, { exit: 0 }], {
      command: ["sh", "-c", 'case "$1" in --version) echo Version: 4.2;; *) kill -9 $$;; esac', "criu"],
    });
    await expect(dying.check()).rejects.toMatchObject({ code: "ERR_CRIU_CHECK" });
  });

  it("tells problems from what CRIU always says", () => {
    const output = [
      "Error (criu/tun.c:85): tun: Unable to create tun: No such file or directory",
      "Warn  (criu/cr-check.c:1): Dirty tracking is OFF. Memory snapshot will not work.",
      "Looks good but some kernel features are missing",
      "which, depending on your process tree, may cause",
      "dump or restore failure.",
      "",
    ];
    expect(problemsOf(output.join("\n"))).toEqual(["Dirty tracking is OFF. Memory snapshot will not work."]);
  });
});
