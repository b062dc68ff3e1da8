import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, fakes, type Sandbox } from "../../test/sandbox.ts";
import { type CriuError, type CriuOperationError, isCriuOperationError } from "../error.ts";

const fixtures = join(import.meta.dirname, "../../test/fixtures/criu-4.2.1");

const stats = readFileSync(join(fixtures, "images/stats-dump")).toString("base64");

let sandbox: Sandbox;
let task: ChildProcess;
beforeEach(() => {
  sandbox = createSandbox();
  task = spawn("sleep", ["1000"], { stdio: "ignore" });
});
afterEach(() => {
  task.kill("SIGKILL");
  expect(readdirSync(sandbox.run)).toEqual([]);
  sandbox[Symbol.dispose]();
});

const target = (): { pid: number; imageDirectory: string; workDirectory: string } => ({
  pid: task.pid ?? 0,
  imageDirectory: sandbox.images,
  workDirectory: sandbox.work,
});

async function failureOf(promise: Promise<unknown>): Promise<CriuOperationError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isCriuOperationError(error)) throw new Error(`expected a CriuOperationError, got ${error}`);
  return error;
}

describe("a dump", () => {
  it("succeeds by CRIU's exit code alone, and reads its statistics", async () => {
    const log = "Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted";
    const result = await sandbox.criu([{ log }, { stats }, { exit: 0 }]).dump(target());
    expect(result.frozenMs).toBe(16.444);
    expect(result.bytesWritten).toBe(3466 * 4096);
    expect(result.imageDirectory.path).toBe(sandbox.images);
    expect(result.logFile).toBe(join(sandbox.work, "dump.log"));
    expect(result.durationMs).toBeGreaterThan(0);
  });

  it("runs a CRIU that the kernel ends before the task, should memory be used up", async () => {
    const dumping = sandbox.criu([{ sleepMs: 500 }, { exit: 0 }]).dump(target());
    const scores = () =>
      readFileSync("/proc/thread-self/children", "latin1")
        .trim()
        .split(" ")
        .filter((pid) => Number(pid) !== task.pid)
        .map((pid) => readFileSync(`/proc/${pid}/oom_score_adj`, "latin1").trim());
    await expect.poll(scores).toEqual(["1000"]);
    await dumping;
  });

  it("succeeds without statistics, and with damaged ones", async () => {
    expect((await sandbox.criu([{ exit: 0 }]).dump(target())).stats).toBeUndefined();
    const damaged = await sandbox.criu([{ stats: "AAAA" }, { exit: 0 }]).dump(target());
    expect(damaged.stats).toBeUndefined();
  });

  it("fails with the cause, a hint, the evidence, and what is left of the task", async () => {
    const log = readFileSync(join(fixtures, "dump/established-tcp.log"), "utf8").trimEnd();
    const error = await failureOf(sandbox.criu([{ log }, { exit: 1 }]).dump(target()));
    expect(error.code).toBe("ERR_CRIU_DUMP");
    expect(error.message).toBe(
      `dump of pid ${task.pid} into ${sandbox.images} failed: inet: Connected TCP socket, consider using --tcp-established option.`,
    );
    expect(error.hint).toContain("tcp");
    expect(error).toMatchObject({
      operation: "dump",
      exitCode: 1,
      task: "running",
      hookAllowed: false,
      resumed: false,
    });
    expect(error.log.headline?.lineNumber).toBe(3);
    expect(error.argv.slice(0, 3)).toEqual([...fakes.criu, "dump"]);
  });

  it("takes a death by signal for a failure", async () => {
    const error = await failureOf(sandbox.criu([{ signal: "SIGSEGV" }, { sleepMs: 5000 }]).dump(target()));
    expect(error).toMatchObject({ code: "ERR_CRIU_DUMP", signal: "SIGSEGV" });
    expect(error.message).toContain("killed by SIGSEGV, and no error was logged");
  });

  it("says when the task is gone", async () => {
    task.kill("SIGKILL");
    await once(task, "exit");
    expect((await failureOf(sandbox.criu([{ exit: 1 }]).dump(target()))).task).toBe("gone");
  });

  it("shows what CRIU printed when it never came to a log", async () => {
    const print = "CRIU needs to have the CAP_SYS_ADMIN or the CAP_CHECKPOINT_RESTORE capability: ";
    const error = await failureOf(sandbox.criu([{ print }, { exit: 1 }]).dump(target()));
    expect(error.code).toBe("ERR_CRIU_NOT_PERMITTED");
    expect(error.message).toContain("CAP_CHECKPOINT_RESTORE");
    const unknown = await failureOf(
      sandbox.criu([{ print: "criu: unrecognized option '--new'" }, { exit: 1 }]).dump(target()),
    );
    expect(unknown.code).toBe("ERR_CRIU_UNSUPPORTED");
  });

  it("is not explained by the log of an earlier run", async () => {
    writeFileSync(join(sandbox.work, "dump.log"), "Error (a.c:1): of yesterday\n");
    const error = await failureOf(
      sandbox.criu([{ print: "criu: unrecognized option '--new'" }, { exit: 1 }]).dump(target()),
    );
    expect(error.message).toContain("unrecognized option");
  });

  it("fails by its own code when a loader or a shell finds no CRIU", async () => {
    const print = "/nowhere/criu: error while loading shared libraries: /nowhere/criu: cannot open shared object file";
    expect((await failureOf(sandbox.criu([{ print }, { exit: 127 }]).dump(target()))).code).toBe("ERR_CRIU_NOT_FOUND");
    expect((await failureOf(sandbox.criu([{ exit: 126 }]).dump(target()))).code).toBe("ERR_CRIU_NOT_FOUND");
  });

  it("fails by its own code when there is no CRIU", async () => {
    const error = await failureOf(sandbox.criu([], { command: ["/nowhere/criu"] }).dump(target()));
    expect(error.code).toBe("ERR_CRIU_NOT_FOUND");
    expect(error.message).toContain("/nowhere/criu cannot be run");
  });

  it("runs dumpCommand, or the operation's own command, and adds variables but not CRIU's configuration file", async () => {
    const criu = sandbox.criu([{ argvTo: sandbox.argvFile }, { exit: 0 }], {
      command: ["/nowhere/criu"],
      dumpCommand: [...fakes.criu, "--for-dumps"],
      defaults: { tcp: "close", verbosity: 4 },
      env: { EXTRA: "1" },
    });
    process.env["CRIU_CONFIG_FILE"] = "/etc/passwd";
    await criu.dump({ ...target(), verbosity: 3 }).finally(() => delete process.env["CRIU_CONFIG_FILE"]);
    const { argv, environment } = sandbox.readArgv();
    expect(argv.slice(0, 2)).toEqual(["--for-dumps", "dump"]);
    expect(argv).toContain("-v3");
    expect(argv).toContain("--tcp-close");
    expect(environment["EXTRA"]).toBe("1");
    expect(environment["CRIU_CONFIG_FILE"]).toBeUndefined();
    await criu.dump({ ...target(), command: fakes.criu });
    expect(sandbox.readArgv().argv[0]).toBe("dump");
  });

  it("rejects bad options by the same path", async () => {
    const criu = sandbox.criu([{ exit: 0 }]);
    await expect(criu.dump({ ...target(), pid: 0 })).rejects.toMatchObject({ code: "ERR_CRIU_INVALID_OPTION" });
    for (const wrong of [{ timeoutMs: -1 }, { timeoutMs: Number.NaN }, { killAfterMs: -1 }]) {
      await expect(criu.dump({ ...target(), ...wrong })).rejects.toMatchObject({ code: "ERR_CRIU_INVALID_OPTION" });
    }
    const nowhere = sandbox.criu([{ exit: 0 }], { runDirectory: "/nowhere" });
    await expect(nowhere.dump(target())).rejects.toMatchObject({ code: "ERR_CRIU_INVALID_OPTION" });
    const long = sandbox.criu([{ exit: 0 }], { runDirectory: `/tmp/${"x".repeat(80)}` });
    await expect(long.dump(target())).rejects.toMatchObject({ code: "ERR_CRIU_INVALID_OPTION" });
  });
});

const hooks = [
  ["the shell script", {}],
  ["a hook program", { hook: fakes.hook }],
] as const;

describe.each(hooks)("whenFrozen by %s", (_, options) => {
  const frozen = [
    { hook: "pre-dump", fatal: 1 },
    { file: "inventory.img" },
    { hook: "post-dump", fatal: 255 },
    { exit: 0 },
  ];

  it("is awaited once, when the images are written, and CRIU goes on", async () => {
    const seen: (readonly string[])[] = [];
    await sandbox.criu(frozen, options).dump({
      ...target(),
      whenFrozen: async ({ imageDirectory }) => {
        await sleep(30);
        seen.push(readdirSync(imageDirectory));
      },
    });
    expect(seen).toEqual([["inventory.img"]]);
  });

  it("may rename the image directory away, as a commit does", async () => {
    const committed = `${sandbox.images}.committed`;
    const { frozenMs } = await sandbox.criu([...frozen.slice(0, -1), { stats }, { exit: 0 }], options).dump({
      ...target(),
      whenFrozen: async ({ imageDirectory }) => renameSync(imageDirectory, committed),
    });
    expect([frozenMs, readdirSync(committed)]).toEqual([16.444, ["inventory.img"]]);
  });

  it("refuses by rejecting: the task goes on, and the dump fails with this cause", async () => {
    const reason = new Error("the disk is full");
    const error = await failureOf(
      sandbox.criu(frozen, options).dump({ ...target(), whenFrozen: () => Promise.reject(reason) }),
    );
    expect(error).toMatchObject({ code: "ERR_CRIU_HOOK", exitCode: 255, task: "running", hookAllowed: false });
    expect(error.cause).toBe(reason);
    expect(error.message).toContain("was refused: the disk is full");
  });

  it("has resolved, and then CRIU fails: the error says so", async () => {
    const steps = [{ hook: "post-dump", fatal: 255 }, { log: "Error (a.c:1): after all" }, { exit: 1 }];
    const error = await failureOf(sandbox.criu(steps, options).dump({ ...target(), whenFrozen: async () => {} }));
    expect(error).toMatchObject({ code: "ERR_CRIU_DUMP", hookAllowed: true, task: "gone" });
  });

  it("has resolved, and then CRIU fails, with leaveRunning: the task goes on", async () => {
    const steps = [{ hook: "post-dump", fatal: 255 }, { exit: 1 }];
    const dump = sandbox.criu(steps, options).dump({ ...target(), leaveRunning: true, whenFrozen: async () => {} });
    expect(await failureOf(dump)).toMatchObject({ hookAllowed: true, task: "running" });
  });

  it("was never asked: neither a dump that claims success nor one that fails for want of the hook is taken for one", async () => {
    const whenFrozen = async (): Promise<void> => {};
    const silent = await failureOf(sandbox.criu([{ exit: 0 }], options).dump({ ...target(), whenFrozen }));
    expect(silent).toMatchObject({ code: "ERR_CRIU_HOOK", hookAllowed: false });
    const log = "Error (criu/action-scripts.c:94): Script /nowhere/hook exited with -1";
    const missing = await failureOf(sandbox.criu([{ log }, { exit: 1 }], options).dump({ ...target(), whenFrozen }));
    expect(missing.code).toBe("ERR_CRIU_HOOK");
  });

  it("is told by its signal when CRIU dies meanwhile, and its outcome still counts", async () => {
    let criuPid = 0;
    const criu = sandbox.criu([{ argvTo: sandbox.argvFile }, { hook: "post-dump", fatal: 255 }, { exit: 0 }], options);
    const dump = criu.dump({
      ...target(),
      whenFrozen: async ({ signal }) => {
        criuPid = childNamed("fake-criu");
        process.kill(criuPid, "SIGKILL");
        await once(signal, "abort");
        // The commit was made just before.
      },
    });
    const error = await failureOf(dump);
    expect(error).toMatchObject({ signal: "SIGKILL", hookAllowed: true });
  });
});

describe("a CRIU that dies while the callback works", () => {
  const stateOf = (pid: number): string => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0] ?? "";
  /** A signal that stops a process, or lets it go on, has first to get it a processor. */
  const becomes = (pid: number, state: string) => expect.poll(() => stateOf(pid)).toBe(state);

  it.each([
    ["resolves: it ends, as it would have by CRIU", true],
    ["rejects: it goes on", false],
  ])("leaves the task stopped until the callback %s", async (_, commits) => {
    const dump = sandbox.criu([{ hook: "post-dump", fatal: 255 }, { exit: 0 }]).dump({
      ...target(),
      whenFrozen: async ({ signal }) => {
        process.kill(childNamed("fake-criu"), "SIGKILL");
        await once(signal, "abort");
        await sleep(20);
        await becomes(target().pid, "T");
        if (!commits) throw new Error("not committed");
      },
    });
    const error = await failureOf(dump);
    expect(error).toMatchObject({ hookAllowed: commits, task: commits ? "gone" : "running" });
    if (!commits) await becomes(target().pid, "S");
  });

  it("finds the task held already, and one that was stopped before stays so when it is let go", async () => {
    const { pid } = target();
    const whenFrozen = async (): Promise<void> => {
      await becomes(pid, "T");
      throw new Error("not committed");
    };
    const failedDump = () =>
      failureOf(sandbox.criu([{ hook: "post-dump", fatal: 255 }, { exit: 1 }]).dump({ ...target(), whenFrozen }));
    expect(String((await failedDump()).cause)).toContain("not committed");
    await becomes(pid, "S");
    process.kill(pid, "SIGSTOP");
    expect(String((await failedDump()).cause)).toContain("not committed");
    await becomes(pid, "T");
  });

  it("is the reason, not the callback that gives up because of it", async () => {
    const dump = sandbox.criu([{ hook: "post-dump", fatal: 255 }, { exit: 0 }]).dump({
      ...target(),
      whenFrozen: async ({ signal }) => {
        process.kill(childNamed("fake-criu"), "SIGKILL");
        await once(signal, "abort");
        signal.throwIfAborted();
      },
    });
    const error = await failureOf(dump);
    expect(error).toMatchObject({ code: "ERR_CRIU_DUMP", signal: "SIGKILL", hookAllowed: false });
    expect(error.cause).toBeInstanceOf(Error);
  });
});

describe("a dump that is aborted", () => {
  const controller = (): AbortController => new AbortController();

  it("before it begins does nothing", async () => {
    const criu = sandbox.criu([{ argvTo: sandbox.argvFile }, { exit: 0 }]);
    const reason = new Error("no longer");
    const error: CriuError = await criu
      .dump({ ...target(), signal: AbortSignal.abort(reason) })
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "ERR_CRIU_ABORTED", cause: reason });
    expect(() => sandbox.readArgv()).toThrow();
  });

  it("while CRIU works lets it come to its hook, and tells it no there", async () => {
    const abort = controller();
    setTimeout(() => abort.abort(new Error("too late")), 100);
    let called = false;
    const whenFrozen = async (): Promise<void> => {
      called = true;
    };
    const criu = sandbox.criu([{ sleepMs: 400 }, { hook: "post-dump", fatal: 255 }, { exit: 0 }]);
    for (const options of [{ whenFrozen }, {}]) {
      const error = await failureOf(
        criu.dump({ ...target(), signal: abort.signal.aborted ? AbortSignal.timeout(100) : abort.signal, ...options }),
      );
      expect(error).toMatchObject({ code: "ERR_CRIU_ABORTED", exitCode: 255, task: "running", hookAllowed: false });
    }
    expect(called).toBe(false);
  });

  it("while CRIU hangs kills it after a while", async () => {
    const abort = controller();
    setTimeout(() => abort.abort(new Error("too late")), 200);
    const options = { ...target(), signal: abort.signal, killAfterMs: 100 };
    const error = await failureOf(sandbox.criu([{ sleepMs: 60_000 }]).dump(options));
    expect(error).toMatchObject({ code: "ERR_CRIU_ABORTED", signal: "SIGKILL", task: "running" });
    expect(error.message).toContain("was aborted: too late");
    expect(error.durationMs).toBeLessThan(5_000);
  });

  it("while the callback works waits for it; a callback that gives up is a refusal", async () => {
    const abort = controller();
    const steps = [{ hook: "post-dump", fatal: 255 }, { exit: 0 }];
    const dump = sandbox.criu(steps).dump({
      ...target(),
      signal: abort.signal,
      whenFrozen: async ({ signal }) => {
        abort.abort(new Error("stop"));
        signal.throwIfAborted();
      },
    });
    expect(await failureOf(dump)).toMatchObject({ code: "ERR_CRIU_ABORTED", exitCode: 255, hookAllowed: false });
  });

  it("while the callback works, which commits all the same, succeeds", async () => {
    const abort = controller();
    const result = await sandbox.criu([{ hook: "post-dump", fatal: 255 }, { exit: 0 }]).dump({
      ...target(),
      signal: abort.signal,
      whenFrozen: async () => {
        abort.abort();
        await sleep(50);
      },
    });
    expect(result.imageDirectory.path).toBe(sandbox.images);
  });

  it("after the callback has resolved succeeds: it comes too late", async () => {
    const abort = controller();
    const steps = [{ hook: "post-dump", fatal: 255 }, { sleepMs: 300 }, { exit: 0 }];
    await sandbox.criu(steps).dump({
      ...target(),
      signal: abort.signal,
      whenFrozen: async () => {
        setTimeout(() => abort.abort(), 100);
      },
    });
    expect(abort.signal.aborted).toBe(true);
  });
});

describe("a deadline", () => {
  it("ends CRIU and is told from an abort", async () => {
    const error = await failureOf(
      sandbox.criu([{ sleepMs: 60_000 }]).dump({ ...target(), timeoutMs: 300, killAfterMs: 0 }),
    );
    expect(error.code).toBe("ERR_CRIU_TIMEOUT");
    expect(error.message).toContain("took longer than 300 ms");
  });

  it("also ends a CRIU that hangs after it was allowed to go on", async () => {
    const steps = [{ hook: "post-dump", fatal: 255 }, { sleepMs: 60_000 }];
    const error = await failureOf(
      sandbox.criu(steps).dump({ ...target(), timeoutMs: 500, killAfterMs: 0, whenFrozen: async () => {} }),
    );
    expect(error).toMatchObject({ code: "ERR_CRIU_TIMEOUT", hookAllowed: true });
  });
});

describe("pre-dumps", () => {
  it("have no hook, keep the task, and refer to each other", async () => {
    const criu = sandbox.criu([{ argvTo: sandbox.argvFile }, { stats }, { exit: 0 }]);
    const { workDirectory: _, ...options } = target();
    const rounds = [];
    for await (const round of criu.preDumpRounds({ ...options, maxRounds: 5 })) {
      rounds.push(round);
      if (round.round === 2) break;
    }
    expect(rounds.map(({ previousImages }) => previousImages)).toEqual(["../1", "../2"]);
    expect(rounds[0]?.dirtyRatio).toBeCloseTo(3466 / 3692);
    expect(sandbox.readArgv().argv).toEqual(
      expect.arrayContaining(["pre-dump", "--prev-images-dir", "../1", "--track-mem"]),
    );
    await expect(criu.preDumpRounds(options)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "ERR_CRIU_IMAGE_DIRECTORY",
    });
  });
});

/** The one child of this process whose command line has this word. */
function childNamed(word: string): number {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]?.split(" ")[1]);
      if (parent === process.pid && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(word)) return Number(name);
    } catch {
      // It has just ended.
    }
  }
  throw new Error(`no child named ${word}`);
}
