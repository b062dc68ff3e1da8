import { describe, expect, it } from "vitest";
import type { DumpOptions, RestoreOptions } from "../options.ts";
import { checkArguments } from "./check.ts";
import { dumpArguments, preDumpArguments } from "./dump.ts";
import { pageServerArguments } from "./page-server.ts";
import { restoreArguments } from "./restore.ts";
import { formatExternal } from "./shared.ts";

const dump: DumpOptions = { pid: 9001, imageDirectory: "/images" };
const restore: RestoreOptions = { imageDirectory: "/images" };

/** Option by option: what it adds to the arguments of a dump without any. */
const dumpGoldens: readonly (readonly [Partial<DumpOptions>, readonly string[]])[] = [
  [{ workDirectory: "/work" }, ["--work-dir", "/work"]],
  [{ verbosity: 4 }, ["-v4"]],
  [{ verbosity: 0 }, ["-v0"]],
  [{ unprivileged: true }, ["--unprivileged"]],
  [{ cgroups: "ignore" }, ["--manage-cgroups=ignore"]],
  [{ tcp: "fail" }, []],
  [{ tcp: "established" }, ["--tcp-established"]],
  [{ tcp: "close" }, ["--tcp-close"]],
  [{ skipInFlight: true }, ["--skip-in-flight"]],
  [{ fileLocks: true }, ["--file-locks"]],
  [{ fileLocks: false }, []],
  [{ shellJob: true }, ["--shell-job"]],
  [{ evasiveDevices: true }, ["--evasive-devices"]],
  [{ cpuCapabilities: ["fpu", "^ins"] }, ["--cpu-cap=fpu,^ins"]],
  [{ external: [{ kind: "unix", inode: 7 }] }, ["--external", "unix[7]"]],
  [{ leaveRunning: true }, ["--leave-running"]],
  [{ previousImages: "../1" }, ["--prev-images-dir", "../1"]],
  [{ trackMemory: true }, ["--track-mem"]],
  [{ linkRemap: true }, ["--link-remap"]],
  [{ ghostLimitBytes: 500 * 1024 ** 2 }, ["--ghost-limit", "524288000"]],
  [{ forceIrmap: true }, ["--force-irmap"]],
  [
    { irmapScanPaths: ["/usr/share/zoneinfo", "/srv"] },
    ["--irmap-scan-path", "/usr/share/zoneinfo", "--irmap-scan-path", "/srv"],
  ],
  [{ networkLock: "skip" }, ["--network-lock", "skip"]],
  [{ freezeTimeoutMs: 1500 }, ["--timeout", "2"]],
  [{ pageServer: { address: "10.0.0.2", port: 2727 } }, ["--page-server", "--address", "10.0.0.2", "--port", "2727"]],
  [{ extraArguments: ["--allow-uprobes"] }, ["--allow-uprobes"]],
];

const restoreGoldens: readonly (readonly [Partial<RestoreOptions>, readonly string[]])[] = [
  [{ inherit: [{ fd: 1, resource: "pipe:[47307]" }] }, ["--inherit-fd", "fd[1]:pipe:[47307]"]],
  [
    { inheritFiles: [{ path: "/sys/fs/cgroup/b/memory.max", replaces: "/sys/fs/cgroup/a/memory.max" }] },
    ["--inherit-fd", "fd[4]:sys/fs/cgroup/a/memory.max"],
  ],
  [{ root: "/newroot" }, ["--root", "/newroot"]],
  [{ lsmProfile: "apparmor:unconfined" }, ["--lsm-profile", "apparmor:unconfined"]],
  [{ skipFileModeCheck: true }, ["--skip-file-rwx-check"]],
  [{ fileValidation: "filesize" }, ["--file-validation", "filesize"]],
  [{ leaveStopped: true }, ["--leave-stopped"]],
  [{ external: [{ kind: "mount", at: "/data", name: "data" }] }, ["--external", "mnt[data]:/data"]],
];

describe("the arguments of a dump", () => {
  it("are few by default", () => {
    expect(dumpArguments(dump)).toEqual([
      "dump",
      "--tree",
      "9001",
      "--images-dir",
      "/images",
      "--log-file",
      "dump.log",
      "-v2",
      "--no-default-config",
    ]);
  });

  it.each(dumpGoldens)("with %o", (options, added) => {
    const plain = dumpArguments(dump).filter((argument) => argument !== "-v2");
    const given = [...dumpArguments({ ...dump, ...options })];
    for (const argument of added) expect(given).toContain(argument);
    for (const argument of [...plain, ...added]) {
      const at = given.indexOf(argument);
      if (at >= 0) given.splice(at, 1);
    }
    expect(given.filter((argument) => argument !== "-v2")).toEqual([]);
  });

  it("put the caller's own last", () => {
    const options: DumpOptions = { ...dump, extraArguments: ["--last"], pageServer: { address: "::1", port: 1 } };
    expect(dumpArguments(options).at(-1)).toBe("--last");
  });

  it("have the hook and CRIU's configuration as the driver wants them", () => {
    const plumbing = { logFile: "my.log", actionScript: "/run/hook", configurationFiles: true };
    const given = dumpArguments(dump, plumbing);
    expect(given).toEqual(expect.arrayContaining(["--log-file", "my.log", "--action-script", "/run/hook"]));
    expect(given).not.toContain("--no-default-config");
  });

  it.each([
    [{ pid: 0 }, "pid"],
    [{ pid: 1.5 }, "pid"],
    [{ ghostLimitBytes: -1 }, "ghostLimitBytes"],
    [{ freezeTimeoutMs: 0 }, "freezeTimeoutMs"],
    [{ freezeTimeoutMs: Number.NaN }, "freezeTimeoutMs"],
    [{ pageServer: { address: "::1", port: 0 } }, "port"],
    [{ irmapScanPaths: ["/a\0b"] }, "--irmap-scan-path"],
  ])("refuse %o", (options, name) => {
    expect(() => dumpArguments({ ...dump, ...options })).toThrow(
      expect.objectContaining({ code: "ERR_CRIU_INVALID_OPTION", message: expect.stringContaining(name) }),
    );
  });
});

describe("the arguments of a pre-dump", () => {
  it("leave the task running by themselves", () => {
    const given = preDumpArguments({ ...dump, leaveRunning: true, trackMemory: true, preDumpMode: "read" });
    expect(given.slice(0, 3)).toEqual(["pre-dump", "--tree", "9001"]);
    expect(given).toEqual(expect.arrayContaining(["--track-mem", "--pre-dump-mode", "read"]));
    expect(given).not.toContain("--leave-running");
  });
});

describe("the arguments of a restore", () => {
  it("always detach, so that the status of the root is not thrown away", () => {
    expect(restoreArguments(restore)).toEqual([
      "restore",
      "--restore-detached",
      "--images-dir",
      "/images",
      "--log-file",
      "restore.log",
      "-v2",
      "--no-default-config",
    ]);
  });

  it.each(restoreGoldens)("with %o", (options, added) => {
    const given = restoreArguments({ ...restore, ...options });
    expect(given.slice(restoreArguments(restore).length)).toEqual(added);
  });

  it("refuse descriptors that a keeper does not pass on", () => {
    for (const descriptor of [
      { fd: 3, resource: "pipe:[1]" },
      { fd: 1, resource: "" },
    ]) {
      expect(() => restoreArguments({ ...restore, inherit: [descriptor] })).toThrow(
        expect.objectContaining({ code: "ERR_CRIU_INVALID_OPTION" }),
      );
    }
  });

  it("name the pid file for CRIU", () => {
    expect(restoreArguments(restore, { logFile: "x", pidFile: "/run/pid" })).toEqual(
      expect.arrayContaining(["--pidfile", "/run/pid"]),
    );
  });
});

describe("formatExternal", () => {
  it("writes each kind as CRIU compares it", () => {
    expect(formatExternal({ kind: "mount", at: "/data", name: "data" }, "dump")).toBe("mnt[/data]:data");
    expect(formatExternal({ kind: "mount", at: "/new", name: "data" }, "restore")).toBe("mnt[data]:/new");
    expect(formatExternal({ kind: "mount-auto" }, "dump")).toBe("mnt[]");
    expect(formatExternal({ kind: "mount-auto", flags: "ms" }, "dump")).toBe("mnt[]:ms");
    expect(formatExternal({ kind: "file", mountId: 31, inode: 2n ** 40n }, "dump")).toBe("file[1f:10000000000]");
    expect(formatExternal({ kind: "unix", inode: 4242 }, "dump")).toBe("unix[4242]");
    expect(formatExternal({ kind: "tty", rdev: 0x8803, dev: 0x1b }, "dump")).toBe("tty[8803:1b]");
    expect(formatExternal({ kind: "other", value: "net[4026531840]:ns" }, "restore")).toBe("net[4026531840]:ns");
  });
});

describe("the arguments of a page server and a check", () => {
  it("are as given", () => {
    const options = {
      imageDirectory: "/images",
      workDirectory: "/work",
      address: "::",
      port: 2727,
      previousImages: "../1",
      verbosity: 4,
    } as const;
    expect(pageServerArguments({ ...options, extraArguments: ["--tls"] }, { logFile: "p.log", statusFd: 3 })).toEqual([
      "page-server",
      "--images-dir",
      "/images",
      "--work-dir",
      "/work",
      "--log-file",
      "p.log",
      "-v4",
      "--no-default-config",
      "--address",
      "::",
      "--port",
      "2727",
      "--prev-images-dir",
      "../1",
      "--status-fd",
      "3",
      "--tls",
    ]);
    expect(() => pageServerArguments({ ...options, port: -1 })).toThrow("port");
    expect(checkArguments({ folder: "/tmp" })).toEqual(["check", "--images-dir", "/tmp", "-v2", "--no-default-config"]);
    expect(
      checkArguments({
        folder: "/tmp",
        scope: "extra",
        unprivileged: true,
        feature: "timens",
        configurationFiles: true,
      }),
    ).toEqual(["check", "--images-dir", "/tmp", "-v2", "--unprivileged", "--extra", "--feature", "timens"]);
    expect(checkArguments({ folder: "/tmp", scope: "all" })).toContain("--all");
  });
});
