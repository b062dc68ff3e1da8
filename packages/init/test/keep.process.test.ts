import { spawnSync } from "node:child_process";
import { mkdtemp, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alive, children, descriptors, facts, probe, programs, type Running, run, start, until } from "./harness.ts";

let folder = "";
let pidfile = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "crik-keep-"));
  pidfile = join(folder, "pid");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A keeper over a script that plays CRIU, with `$pidfile` and `restored SCRIPT`, which leaves SCRIPT behind as the root of a restored tree. */
function keeper(script: string, variables: Readonly<Record<string, string>> = {}): readonly [string, ...string[]] {
  const restored = `restored() { rm -f "$pidfile"; setsid sh -c "$1" & root=$!; echo $root > "$pidfile"; }`;
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'; `);
  const criu = `${exports.join("")}pidfile=${pidfile}; ${restored}; ${script}`;
  return [programs.init, "keep", "--report-fd", "3", "--pidfile", pidfile, "--", "sh", "-c", criu];
}

async function restoredRoot(task: Running): Promise<number> {
  const root = await task.reported("root");
  await until(() => descriptors(task.pid).length === 3, "the report to be closed");
  return root;
}

/** Whether this process may make a time namespace, and set its clock. In CI it has to. */
const mayMakeClocks =
  process.env["CI"] !== undefined ||
  spawnSync("unshare", ["--time", "--monotonic", "1", "--boottime", "1", "true"], { stdio: "ignore" }).status === 0;

describe.skipIf(!mayMakeClocks)("a clock for what is restored (needs CAP_SYS_ADMIN and CAP_SYS_TIME)", () => {
  const withClock = (ms: string, command: readonly [string, ...string[]]): readonly [string, ...string[]] => {
    const [init, role, ...rest] = command;
    return [init, role ?? "", "--monotonic-ms", ms, ...rest];
  };
  const uptimeOf = (text: string): number => Number.parseFloat(text);

  it("is that which was asked for, behind this machine's or ahead of it, and the keeper has it too", async () => {
    for (const wanted of [5, 400_000_000]) {
      const task = start(withClock(String(wanted * 1000), keeper("restored 'cat /proc/uptime; exec sleep 20'")));
      const root = await restoredRoot(task);
      await task.wrote("\n");
      const seen = uptimeOf(task.stdout());
      expect(seen).toBeGreaterThanOrEqual(wanted);
      expect(seen).toBeLessThan(wanted + 30);
      expect(await readlink(`/proc/${task.pid}/ns/time`)).toBe(await readlink(`/proc/${root}/ns/time`));
      expect(await readlink(`/proc/${task.pid}/ns/time`)).not.toBe(await readlink("/proc/self/ns/time"));
      process.kill(root, "SIGKILL");
      await task.outcome;
    }
  });

  it("counts from the machine's when the keeper is in a time namespace already", async () => {
    const ahead = ["--monotonic", "1000000", "--boottime", "1000000"];
    const command = withClock("7000", keeper("restored 'cat /proc/uptime; exec sleep 20'"));
    const task = start(["unshare", "--time", ...ahead, "--", ...command]);
    const root = await restoredRoot(task);
    await task.wrote("\n");
    expect(uptimeOf(task.stdout())).toBeGreaterThanOrEqual(7);
    expect(uptimeOf(task.stdout())).toBeLessThan(37);
    process.kill(root, "SIGKILL");
    await task.outcome;
  });

  it("keeps CRIU from being run when it cannot be made", async () => {
    const without = ["setpriv", "--bounding-set", "-sys_time", "--inh-caps", "-all", "--"] as const;
    const { code, report, stderr } = await run([...without, ...withClock("7000", keeper("restored 'exit 0'"))]);
    expect(code).toBe(125);
    expect(report).toEqual(["clock-failed 1 Operation not permitted", "clean"]);
    expect(stderr).toMatch(/cannot make a time namespace whose monotonic clock is at 7000 ms: .*not permitted/);
  });

  it.each(["0", "-1", "x", "99999999999999999"])("is refused as nonsense: %s", async (ms) => {
    const { code, stderr } = await run(withClock(ms, keeper("restored 'exit 0'")));
    expect(code).toBe(125);
    expect(stderr).toContain("no milliseconds");
  });
});

describe("a restore that succeeds", () => {
  it("makes the keeper the parent of the root, and ends with its exit code", async () => {
    const task = start(keeper("restored 'sleep 0.1; exit 42'"));
    const root = await restoredRoot(task);
    await until(() => facts(root)?.session === root, "the session of the root");
    expect(facts(root)?.parent).toBe(task.pid);
    expect(facts(task.pid)?.session).toBe(task.pid);
    expect(descriptors(task.pid)).toEqual(["0", "1", "2"]);
    const { code, report } = await task.outcome;
    expect(code).toBe(42);
    expect(report).toEqual([expect.stringMatching(/^criu \d+$/), "criu-exit 0", `root ${root}`]);
  });

  it("ends with the signal that the root died of", async () => {
    const { code, signal } = await run(keeper("restored 'kill -ABRT $$'"));
    expect({ code, signal }).toEqual({ code: null, signal: "SIGABRT" });
  });

  it("is seen to its end even if the root has ended before CRIU", async () => {
    const { code, report } = await run(keeper("restored 'exit 7'; exec sleep 0.1"));
    expect(code).toBe(7);
    expect(report.at(-1)).toMatch(/^root /);
  });

  it("forwards signals to the root from then on, and none that came before", async () => {
    const program = await probe();
    const task = start(keeper(`restored 'exec ${program} log'; sleep 0.3`));
    await task.reported("criu");
    await task.wrote("ready");
    task.kill("SIGUSR1");
    task.kill("SIGTERM");
    await restoredRoot(task);
    // SIGCHLD, by which the keeper tells a restored init that it has another parent. Of two signals that wait the smaller number is taken first.
    await task.wrote("17");
    task.kill("SIGUSR2");
    await task.wrote("12");
    expect(task.stdout()).toBe("ready\n17\n12\n");
    for (const child of children(task.pid)) process.kill(child, "SIGKILL");
    expect((await task.outcome).signal).toBe("SIGKILL");
  });

  it("adopts what a restored init would have adopted before", async () => {
    const command = "sleep 0.5; (setsid sleep 20 & echo $!); exec sleep 20";
    const task = start(keeper(`restored 'exec ${programs.init} init -- sh -c "$command"'; sleep 0.2`, { command }));
    const root = await restoredRoot(task);
    await task.wrote("\n");
    const daemon = Number(task.stdout());
    await until(() => facts(daemon)?.parent === task.pid, "the keeper to adopt the daemon");
    expect(children(root)).toHaveLength(1);
    for (const pid of [daemon, ...children(root)]) process.kill(pid, "SIGKILL");
    await task.outcome;
  });

  it("adopts what the root leaves behind, and reaps it", async () => {
    const task = start(keeper("restored '(sleep 0.05 &); (sleep 0.1; exit 3) & (sleep 20 & echo $!); exec sleep 20'"));
    const root = await restoredRoot(task);
    await task.wrote("\n");
    const daemon = Number(task.stdout());
    await until(() => String(children(task.pid)) === String([root, daemon]), "adoption and reaping");
    process.kill(daemon, "SIGKILL");
    await until(() => facts(daemon) === undefined, "the daemon to be reaped");
    process.kill(root, "SIGTERM");
    expect((await task.outcome).signal).toBe("SIGTERM");
  });

  it("removes an old pid file first, which CRIU would stumble over", async () => {
    await writeFile(pidfile, "1\n");
    const { code } = await run(keeper(`[ -e "$pidfile" ] && exit 9; restored 'exit 6'`));
    expect(code).toBe(6);
  });

  it("takes the keeper into the time namespace of the root", async () => {
    const inside = `sleep 20 & echo $! > ${pidfile}`;
    const task = start(keeper(`exec unshare --time --monotonic 1000 sh -c '${inside}'`));
    const root = await restoredRoot(task);
    const namespace = await readlink(`/proc/${root}/ns/time`);
    expect(namespace).not.toBe(await readlink("/proc/self/ns/time"));
    expect(await readlink(`/proc/${task.pid}/ns/time`)).toBe(namespace);
    process.kill(root, "SIGTERM");
    expect((await task.outcome).signal).toBe("SIGTERM");
  });
});

describe("a restore that fails", () => {
  it("leaves no process behind, however deep", async () => {
    const script = "(setsid sh -c 'sleep 20 & setsid sleep 20 & echo $!; sleep 20' &); sleep 20 & sleep 0.1; exit 3";
    const task = start(keeper(script));
    const { code, report, stdout } = await task.outcome;
    expect(code).toBe(125);
    expect(report.slice(1)).toEqual(["criu-exit 3", "clean"]);
    expect(facts(Number(stdout))).toBeUndefined();
  });

  it("is told apart from a CRIU that was killed, which leaves nothing behind either", async () => {
    const task = start(keeper("setsid sleep 20 & echo $!; exec sleep 20"));
    const criu = await task.reported("criu");
    await task.wrote("\n");
    process.kill(criu, "SIGKILL");
    const { code, report, stdout } = await task.outcome;
    expect(code).toBe(125);
    expect(report).toEqual([`criu ${criu}`, "criu-signal 9", "clean"]);
    expect(facts(Number(stdout))).toBeUndefined();
  });

  it("ends CRIU when the keeper is killed", async () => {
    const task = start(keeper("exec sleep 20"));
    const criu = await task.reported("criu");
    task.kill("SIGKILL");
    await task.outcome;
    await until(() => !alive(criu), "CRIU to end");
  });

  it("says that CRIU cannot be run", async () => {
    const command = [programs.init, "keep", "--report-fd", "3", "--pidfile", pidfile, "--", "/nonexistent"] as const;
    expect(await run(command)).toMatchObject({ code: 127, report: ["failed 2 No such file or directory"] });
  });
});

describe("a pid file that cannot be trusted", () => {
  it.each([
    ["is missing", "", "failed 2 No such file or directory"],
    ["is empty", `: > "$pidfile"`, "failed 22 Invalid argument"],
    ["holds no number", `echo 12x > "$pidfile"`, "failed 22 Invalid argument"],
    ["names init", `echo 1 > "$pidfile"`, "failed 22 Invalid argument"],
    ["names a process that is not ours", `echo ${process.pid} > "$pidfile"`, "failed 10 No child process"],
    ["is a link", `echo 5 > "$pidfile.x"; ln -s "$pidfile.x" "$pidfile"`, "failed 40 Symbolic link loop"],
    ["is a fifo", `mkfifo "$pidfile"`, "failed 22 Invalid argument"],
  ])("because it %s fails the restore and leaves nothing behind", async (_, script, failure) => {
    const { code, report, stdout } = await run(
      keeper(`(setsid sleep 20 & echo $!); rm -f "$pidfile"; ${script || ":"}`),
    );
    expect(code).toBe(125);
    expect(report.slice(1)).toEqual(["criu-exit 0", failure, "clean"]);
    expect(facts(Number(stdout))).toBeUndefined();
  });

  it("that is a folder stops the keeper before CRIU runs", async () => {
    await rm(pidfile, { force: true });
    const { code, stderr, report } = await run([
      programs.init,
      "keep",
      "--report-fd",
      "3",
      "--pidfile",
      folder,
      "--",
      "true",
    ]);
    expect({ code, report }).toEqual({ code: 125, report: [] });
    expect(stderr).toContain(folder);
  });

  it("that was a link is removed, not what it points to", async () => {
    const target = join(folder, "target");
    await writeFile(target, "keep me");
    await rm(pidfile, { force: true });
    await symlink(target, pidfile);
    expect(await run(keeper("restored 'exit 8'"))).toMatchObject({ code: 8 });
    expect((await run(["cat", target])).stdout).toBe("keep me");
  });
});
