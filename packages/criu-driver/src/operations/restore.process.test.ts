import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, fakes, type Sandbox } from "../../test/sandbox.ts";
import { type CriuOperationError, isCriuOperationError } from "../error.ts";
import type { RestoreOptions } from "../options.ts";

let sandbox: Sandbox;
const living: number[] = [];
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => {
  for (const pid of living.splice(0)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
  expect(readdirSync(sandbox.run)).toEqual([]);
  sandbox[Symbol.dispose]();
});

/** Remembers processes to end after the test; never 0, which would be this one's group. */
function keep(...pids: readonly (number | undefined)[]): void {
  living.push(...pids.filter((pid) => pid !== undefined));
}

const source = (): RestoreOptions => ({ imageDirectory: sandbox.images, workDirectory: sandbox.work });
const all = ["pre-restore", "post-restore", "pre-resume", "post-resume"];
const restored = [
  { hook: "pre-restore", fatal: 1 },
  { hook: "post-restore", pid: 4711, fatal: 1 },
  { root: "exec sleep 1000" },
  { hook: "pre-resume", pid: 4711 },
  { exit: 0 },
];

async function failureOf(promise: Promise<unknown>): Promise<CriuOperationError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isCriuOperationError(error)) throw new Error(`expected a CriuOperationError, got ${error}`);
  return error;
}

const ways = [
  ["under a keeper", { keeper: fakes.keeper }],
  ["alone", {}],
] as const;

describe.each(ways)("a restore %s", (way, options) => {
  it("resolves with the task, after its callback was awaited", async () => {
    const pids: number[] = [];
    const criu = sandbox.criu(restored, options);
    const { task, logFile } = await criu.restore({
      ...source(),
      beforeResume: async ({ pid }) => {
        await sleep(20);
        pids.push(pid);
      },
    });
    keep(task.pid, task.keeperPid);
    expect(pids).toEqual([4711]);
    expect(readFileSync(`/proc/${task.pid}/cmdline`, "latin1")).toContain("sleep");
    expect(task.keeperPid !== undefined).toBe(way === "under a keeper");
    expect(logFile).toBe(join(sandbox.work, "restore.log"));
    expect(task.kill("SIGTERM")).toBe(true);
  });

  it("fails with the cause and leaves nothing", async () => {
    const log = readFileSync(
      join(import.meta.dirname, "../../test/fixtures/criu-4.2.1/restore/pid-taken.log"),
      "utf8",
    ).trimEnd();
    const error = await failureOf(sandbox.criu([{ log }, { exit: 1 }], options).restore(source()));
    expect(error).toMatchObject({
      code: "ERR_CRIU_RESTORE",
      operation: "restore",
      exitCode: 1,
      task: "gone",
      resumed: false,
    });
    expect(error.message).toBe(`restore of ${sandbox.images} failed: Can't fork for 19501: File exists`);
    expect(error.hint).toContain("high pids");
  });

  it("is refused by its callback, before anything has run", async () => {
    const reason = new Error("a stop was asked for");
    const error = await failureOf(
      sandbox.criu(restored, options).restore({ ...source(), beforeResume: () => Promise.reject(reason) }),
    );
    expect(error).toMatchObject({ code: "ERR_CRIU_HOOK", hookAllowed: false, resumed: false, task: "gone" });
    expect(error.cause).toBe(reason);
  });

  it("fails after its callback, and says how far it came", async () => {
    const until = (action: string): readonly Record<string, string | number>[] => [
      ...all.slice(0, all.indexOf(action) + 1).map((hook) => ({ hook })),
      { exit: 1 },
    ];
    const beforeResume = async (): Promise<void> => {};
    const unrun = await failureOf(sandbox.criu(until("post-restore"), options).restore({ ...source(), beforeResume }));
    expect(unrun).toMatchObject({ code: "ERR_CRIU_RESTORE", hookAllowed: true, resumed: false });
    const run = await failureOf(sandbox.criu(until("pre-resume"), options).restore({ ...source(), beforeResume }));
    expect(run).toMatchObject({ code: "ERR_CRIU_RESTORE", hookAllowed: true, resumed: true });
  });

  it("is ended at its deadline", async () => {
    const error = await failureOf(
      sandbox.criu([{ sleepMs: 60_000 }], options).restore({ ...source(), timeoutMs: 300 }),
    );
    expect(error).toMatchObject({ code: "ERR_CRIU_TIMEOUT", signal: "SIGKILL", task: "gone" });
  });

  it("is ended when it is aborted", async () => {
    const signal = AbortSignal.timeout(300);
    const error = await failureOf(sandbox.criu([{ sleepMs: 60_000 }], options).restore({ ...source(), signal }));
    expect(error).toMatchObject({ code: "ERR_CRIU_ABORTED", cause: signal.reason, task: "gone" });
  });

  it("gives CRIU the descriptors that the task inherits, and keeps what else it prints", async () => {
    const steps = [{ argvTo: sandbox.argvFile }, { print: "Error (criu/config.c:1): so it is" }, { exit: 1 }];
    const inherit = [{ fd: 2, resource: "pipe:[4242]" }];
    const error = await failureOf(sandbox.criu(steps, options).restore({ ...source(), inherit }));
    expect(sandbox.readArgv().argv).toEqual(expect.arrayContaining(["--inherit-fd", "fd[2]:pipe:[4242]"]));
    expect(error.message).toContain("so it is");
  });
});

describe("a keeper", () => {
  it("ends with the task's status", async () => {
    const { task } = await sandbox
      .criu([{ root: "sleep 0.2" }, { exit: 0 }], { keeper: fakes.keeper })
      .restore(source());
    const waiting = task.exited({ signal: AbortSignal.timeout(1) });
    await expect(waiting).rejects.toMatchObject({ code: "ERR_CRIU_ABORTED" });
    expect(await task.exited()).toEqual({ kind: "exited", code: 42 });
    expect(task.kill()).toBe(false);
  });

  it("passes signals on", async () => {
    const steps = [{ root: "exec sleep 1000" }, { exit: 0 }];
    const { task } = await sandbox.criu(steps, { keeper: fakes.keeper }).restore(source());
    expect(task.kill("SIGUSR1")).toBe(true);
    expect(await task.exited()).toEqual({ kind: "exited", code: 42 });
  });

  it("is told the clock of the task, in front of CRIU", async () => {
    const criu = sandbox.criu([{ root: "sleep 0.1" }, { exit: 0 }], { keeper: fakes.keeper });
    const { argv, task } = await criu.restore({ ...source(), monotonicMs: 86_400_000 });
    await task.exited();
    expect(argv.slice(0, argv.indexOf("--")).slice(-2)).toEqual(["--monotonic-ms", "86400000"]);
  });

  it.each([0, -1, 1.5, Number.NaN])("is never told a clock of %d", async (monotonicMs) => {
    const criu = sandbox.criu([{ exit: 0 }], { keeper: fakes.keeper });
    await expect(criu.restore({ ...source(), monotonicMs })).rejects.toMatchObject({ code: "ERR_CRIU_INVALID_OPTION" });
    const alone = sandbox.criu([{ exit: 0 }]);
    await expect(alone.restore({ ...source(), monotonicMs: 1 })).rejects.toThrow(/needs a keeper/);
  });

  it("that cannot give the task its clock says why, and has left nothing", async () => {
    const criu = sandbox.criu([], { keeper: fakes.keeper, env: { FAKE_KEEPER: "no-clock" } });
    expect(await failureOf(criu.restore({ ...source(), monotonicMs: 1 }))).toMatchObject({
      code: "ERR_CRIU_KEEPER",
      message: expect.stringContaining("cannot make a time namespace, in which the task has its clock: No space left"),
      task: "gone",
      resumed: false,
    });
  });

  it("that cannot be run, or ends before CRIU, is an error of its own", async () => {
    const missing = sandbox.criu([{ exit: 0 }], { keeper: ["/nowhere/keeper"] });
    await expect(missing.restore(source())).rejects.toMatchObject({ code: "ERR_CRIU_KEEPER" });
    const noCriu = sandbox.criu([], { keeper: fakes.keeper, env: { FAKE_KEEPER: "no-criu" } });
    await expect(noCriu.restore(source())).rejects.toMatchObject({
      code: "ERR_CRIU_NOT_FOUND",
      message: expect.stringContaining("cannot be run: No such file or directory"),
    });
    const dying = sandbox.criu([{ exit: 0 }], { keeper: fakes.keeper, env: { FAKE_KEEPER: "dies" } });
    await expect(dying.restore(source())).rejects.toMatchObject({ code: "ERR_CRIU_KEEPER" });
  });

  it("that loses the task says so, and that it may have run", async () => {
    const steps = [...all.map((hook) => ({ hook })), { root: "exec sleep 1" }, { exit: 0 }];
    const criu = sandbox.criu(steps, { keeper: fakes.keeper, env: { FAKE_KEEPER: "loses" } });
    const error = await failureOf(criu.restore({ ...source(), beforeResume: async () => {} }));
    expect(error).toMatchObject({ code: "ERR_CRIU_KEEPER", hookAllowed: true, resumed: true });
  });

  it("that does not say that it is clean leaves the task unknown", async () => {
    const criu = sandbox.criu([{ exit: 1 }], { keeper: fakes.keeper, env: { FAKE_KEEPER: "dirty" } });
    expect((await failureOf(criu.restore(source()))).task).toBe("unknown");
  });

  it("that keeps its report open is believed all the same: no deadline would end a restore that has succeeded", async () => {
    const steps = [{ root: "exec sleep 1000" }, { exit: 0 }];
    const criu = sandbox.criu(steps, { keeper: fakes.keeper, env: { FAKE_KEEPER: "open" } });
    const { task } = await criu.restore({ ...source(), timeoutMs: 500 });
    expect(task.kill("SIGTERM")).toBe(true);
    expect(await task.exited()).toEqual({ kind: "exited", code: 42 });
  });

  it("that reports nothing is ended with CRIU at the deadline", async () => {
    const criu = sandbox.criu([{ sleepMs: 500 }], { keeper: fakes.keeper, env: { FAKE_KEEPER: "silent" } });
    const error = await failureOf(criu.restore({ ...source(), timeoutMs: 300 }));
    expect(error).toMatchObject({ code: "ERR_CRIU_TIMEOUT", task: "unknown" });
  });
});

describe("without a keeper", () => {
  it("a CRIU that does not tell the task's pid has lost it", async () => {
    expect(await failureOf(sandbox.criu([{ exit: 0 }]).restore(source()))).toMatchObject({
      code: "ERR_CRIU_TASK_LOST",
      task: "unknown",
    });
  });

  it("what CRIU forked is ended with it", async () => {
    const criu = sandbox.criu([{ leave: "sleep 4321 & exec sleep 4321" }, { sleepMs: 60_000 }]);
    expect((await failureOf(criu.restore({ ...source(), timeoutMs: 400 }))).task).toBe("gone");
    await sleep(50);
    expect(commandLines()).not.toContain("sleep 4321");
  });

  it("what a dead CRIU has left is ended when its id is in the images and it has CRIU's name", async () => {
    // A process with the name of CRIU, which is here the runtime's, and one with another, both with ids of the images.
    const criu = sandbox.criu([{ sleepMs: 300 }, { signal: "SIGKILL" }]);
    const restore = failureOf(criu.restore(source()));
    await sleep(50);
    const spinning = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const stranger = spawn("sleep", ["1000"], { stdio: "ignore" });
    keep(stranger.pid, spinning.pid);
    await restore;
    expect(spinning.signalCode).toBeNull();

    for (const pid of [spinning.pid, stranger.pid]) writeFileSync(join(sandbox.images, `core-${pid}.img`), "");
    const ended = once(spinning, "exit");
    const older = await failureOf(sandbox.criu([{ signal: "SIGKILL" }, { sleepMs: 1000 }]).restore(source()));
    // They are older than this CRIU: somebody else's.
    expect(older.task).toBe("gone");
    expect(spinning.signalCode).toBeNull();
    spinning.kill("SIGKILL");
    await ended;
    expect(stranger.signalCode).toBeNull();
  });
});

function commandLines(): string {
  return readdirSync("/proc")
    .flatMap((name) => {
      try {
        return /^\d+$/.test(name) ? [readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ")] : [];
      } catch {
        return [];
      }
    })
    .join("\n");
}
