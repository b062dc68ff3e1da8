import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { describe, expect, it } from "vitest";
import { alive, children, descriptors, facts, probe, programs, run, start, status, until } from "./harness.ts";

const init = [programs.init, "init", "--report-fd", "3"] as const;
const shell = (script: string) => [...init, "--", "sh", "-c", script] as const;

/** Ends what a test leaves on purpose. */
const end = (pid: number): void => {
  if (alive(pid)) process.kill(pid, "SIGKILL");
};

describe("the end of the command", () => {
  it("is passed on as the same exit code, for all 256 of them", async () => {
    const program = await probe();
    const { stdout } = await run([program, "statuses", "0", "255", programs.init, "init", "--", program, "exit"]);
    const expected = Array.from({ length: 256 }, (_, code) => `${code} ${code << 8}`);
    expect(stdout.trim().split("\n")).toEqual(expected);
  });

  it("is passed on as death by the same signal without a second core, and as 128 and the number of a real-time signal", async () => {
    const program = await probe();
    const die = [programs.init, "init", "--", program, "die"] as const;
    // Between these are the four that stop a process.
    const [low, high] = await Promise.all([
      run([program, "statuses", "1", "18", ...die]),
      run([program, "statuses", "23", "64", ...die]),
    ]);
    const { SIGCHLD, SIGCONT, SIGURG, SIGWINCH } = constants.signals;
    const harmless = new Set<number>([SIGCHLD, SIGCONT, SIGURG, SIGWINCH]);
    const lines = `${low.stdout}${high.stdout}`.trim().split("\n");
    expect(lines).toHaveLength(60);
    for (const line of lines) {
      const [number = 0, wait] = line.split(" ").map(Number);
      // Bun reports a death by a real-time signal as an exit with 0, so that these are told by the exit status.
      const told = number > 31 ? (128 + number) << 8 : number;
      expect(wait, `signal ${number}`).toBe(harmless.has(number) ? 255 << 8 : told);
    }
  });
});

describe("signals", () => {
  it("are forwarded, every one that can be caught", async () => {
    const task = start([...init, "--", await probe(), "log"]);
    const command = await task.reported("started");
    await task.wrote("ready");
    const { SIGKILL, SIGSTOP, SIGCHLD } = constants.signals;
    const sent = Array.from({ length: 64 }, (_, index) => index + 1).filter(
      (number) => number !== SIGKILL && number !== SIGSTOP && number !== SIGCHLD,
    );
    // One after the other, or the kernel would hand them out by number.
    for (const number of sent) {
      task.kill(number);
      await task.wrote(new RegExp(`^${number}$`, "m"));
    }
    process.kill(command, "SIGKILL");
    const { stdout, signal } = await task.outcome;
    expect(stdout).toBe(["ready", ...sent, ""].join("\n"));
    expect(signal).toBe("SIGKILL");
  });

  it("that came before init did are forwarded too", async () => {
    const program = await probe();
    const task = start([program, "pending", "15", ...init, "--", program, "log"]);
    await task.wrote("15");
    end(await task.reported("started"));
    await task.outcome;
  });

  it("are not lost while init starts", async () => {
    for (let round = 0; round < 30; round++) {
      const task = start([...init, "--", "sleep", "20"]);
      task.kill("SIGTERM");
      expect(await task.outcome).toMatchObject({ code: null, signal: "SIGTERM" });
    }
  });

  it("find the mask and the ignored signals of the command as init was given them", async () => {
    const program = await probe();
    const script = `trap "" HUP; exec ${program} pending 10 ${programs.init} init -- grep -E "^Sig(Blk|Ign)" /proc/self/status`;
    const { stdout } = await run(["sh", "-c", script]);
    expect(stdout).toMatch(/^SigBlk:\s+0*200$/m);
    expect(stdout).toMatch(/^SigIgn:\s+0*1$/m);
  });

  it("of children that end are not ignored, even if init was started so", async () => {
    const { code } = await run(["perl", "-e", `$SIG{CHLD} = "IGNORE"; exec @ARGV`, ...shell("exit 9")]);
    expect(code).toBe(9);
  });
});

describe("the root of a tree to be dumped", () => {
  it("leads its own session with the command in a process group of its own, and neither holds a descriptor above 2", async () => {
    const task = start(["bash", "-c", 'exec "$@" 200</dev/null', "bash", ...init, "--", "sleep", "20"]);
    const command = await task.reported("started");
    await until(() => descriptors(task.pid).length === 3, "three descriptors");
    expect(facts(task.pid)?.session).toBe(task.pid);
    expect(facts(command)).toMatchObject({ session: task.pid, parent: task.pid });
    // Field 5 of stat, behind the name, state and parent.
    expect(readFileSync(`/proc/${command}/stat`, "utf8").split(") ")[1]?.split(" ")[2]).toBe(String(command));
    expect(descriptors(task.pid)).toEqual(["0", "1", "2"]);
    expect(descriptors(command)).toEqual(["0", "1", "2"]);
    end(command);
    await task.outcome;
  });

  it("reaps orphans and leaves no zombie", async () => {
    const task = start(
      shell("for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.05 &); done; (sleep 20 & echo $!); exec sleep 20"),
    );
    const command = await task.reported("started");
    await task.wrote("\n");
    const daemon = Number(task.stdout());
    await until(() => String(children(task.pid)) === String([command, daemon]), "adoption and reaping");
    end(command);
    await task.outcome;
    end(daemon);
  });

  it("ends with the command although a daemon goes on", async () => {
    const { code, stdout } = await run(shell("setsid sleep 20 >/dev/null 2>&1 & echo $!; exit 3"));
    expect(code).toBe(3);
    expect(alive(Number(stdout))).toBe(true);
    end(Number(stdout));
  });

  it("has no_new_privs with the command, and only when asked", async () => {
    const both = "grep -h NoNewPrivs /proc/$PPID/status /proc/self/status";
    const asked = await run([...init, "--no-new-privs", "--", "sh", "-c", both]);
    expect(asked.stdout.match(/\d/g)).toEqual(["1", "1"]);
    const plain = await run(shell(both));
    expect(plain.stdout.match(/\d/g)).toEqual([status(process.pid, "NoNewPrivs"), status(process.pid, "NoNewPrivs")]);
  });

  it("says so when it must stay in the session it was started in", async () => {
    // What an interactive shell does: the command leads a process group.
    const { code, stderr } = await run(["perl", "-e", "setpgrp(0, 0); exec @ARGV", ...shell("exit 4")]);
    expect(code).toBe(4);
    expect(stderr).toContain("--shell-job");
  });
});

describe("the report", () => {
  it("names the command once it runs, and is closed then", async () => {
    const { report, stdout } = await run(shell("echo $$; ls /proc/self/fd"));
    expect(report).toEqual([`started ${stdout.split("\n")[0]}`]);
    expect(stdout.split("\n").slice(1, -1)).toEqual(["0", "1", "2", "3"]); // 3 is the folder that ls reads
  });

  it("tells why the command could not be run: 127 not found, else 126", async () => {
    const missing = await run([...init, "--", "/nonexistent"]);
    expect(missing).toMatchObject({ code: 127, report: ["failed 2 No such file or directory"] });
    expect(missing.stderr).toBe("crik-init: /nonexistent: No such file or directory\n");
    expect(await run([...init, "--", "no-such-command-in-path"])).toMatchObject({ code: 127 });
    expect(await run([...init, "--", "/etc/passwd"])).toMatchObject({
      code: 126,
      report: ["failed 13 Permission denied"],
    });
    expect(await run([...init, "--", "/"])).toMatchObject({ code: 126 });
  });

  it("may have lost its reader", async () => {
    const script = `{ sleep 0.1; exec ${programs.init} init --report-fd 3 -- sh -c 'trap "echo forwarded >&4" PIPE; sleep 0.1; exit 5' 3>&1; } | true`;
    const { code, stdout } = await run(["bash", "-c", `set -o pipefail; exec 4>&1; ${script}`]);
    expect(code).toBe(5);
    expect(stdout).toBe("");
  });
});

describe("wrong arguments", () => {
  it.each([
    [["init"], "no command after --"],
    [["init", "--"], "no command after --"],
    [["init", "true"], "unexpected argument true"],
    [["init", "--pidfile", "x", "--", "true"], "unexpected argument --pidfile"],
    [["init", "--report-fd"], "no value after --report-fd"],
    [["init", "--report-fd", "77", "--", "true"], "not 77"],
    [["init", "--report-fd", "-1", "--", "true"], "not -1"],
    [["init", "--report-fd", "3x", "--", "true"], "not 3x"],
    [["keep", "--", "true"], "--pidfile is missing"],
    [["pids", "--at-least", "0"], "not a pid: 0"],
    [["pids"], "one of --at-least and --exactly"],
    [["mkfifo", "9", "x"], "MODE"],
    [["fly"], 'there is no role "fly"'],
  ])("%j ends with 125 and says what is wrong", async (args, message) => {
    const { code, stderr } = await run([programs.init, ...args]);
    expect(code).toBe(125);
    expect(stderr).toContain(message);
  });
});
