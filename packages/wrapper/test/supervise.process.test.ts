import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { defaultPolicy, ForwardedSignals } from "../src/index.ts";
import { wrapperFor } from "./harness.ts";

const shell = (script: string): readonly [string, ...string[]] => ["sh", "-c", script];

describe("a command that is only supervised", () => {
  it.each([0, 1, 42, 255])("ends with its own exit code %i", async (code) => {
    const { wrapper } = wrapperFor({ command: shell(`exit ${code}`) });
    expect(await wrapper.run()).toEqual({ kind: "task-exited", exit: { kind: "exited", code } });
  });

  it.each(["SIGKILL", "SIGSEGV", "SIGTERM", "SIGUSR1"])("is seen to have died of %s", async (signal) => {
    const { wrapper } = wrapperFor({ command: shell(`kill -${signal.slice(3)} $$; sleep 5`) });
    expect(await wrapper.run()).toEqual({ kind: "task-exited", exit: { kind: "signaled", signal } });
  });

  it("is not found", async () => {
    const { wrapper } = wrapperFor({ command: ["/no/such/program"] });
    expect(await wrapper.run()).toMatchObject({ kind: "task-failed", exitCode: 127 });
  });

  it("cannot be executed", async () => {
    const { wrapper } = wrapperFor({ command: ["/etc/passwd"] });
    expect(await wrapper.run()).toMatchObject({ kind: "task-failed", exitCode: 126 });
  });

  it.each(
    ForwardedSignals.filter((signal) => !["SIGTERM", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGCONT"].includes(signal)),
  )("gets %s", async (signal) => {
    const { wrapper, signals, reached } = wrapperFor({
      command: shell(`trap 'exit 7' ${signal.slice(3)}; while :; do sleep 0.02; done`),
    });
    const ended = wrapper.run();
    await reached("running");
    // The trap is set some time after the exec; until then most of these would end the shell otherwise.
    await sleep(100);
    signals.emit(signal);
    expect(await ended).toEqual({ kind: "task-exited", exit: { kind: "exited", code: 7 } });
  });

  it("gets SIGTERM when nothing is to be checkpointed, and its own exit code counts", async () => {
    const { wrapper, signals, reached } = wrapperFor({
      command: shell("trap 'exit 3' TERM; while :; do sleep 0.02; done"),
      policy: { ...defaultPolicy, checkpointOn: "never" },
    });
    const ended = wrapper.run();
    await reached("running");
    await sleep(100);
    signals.emit("SIGTERM");
    expect(await ended).toEqual({ kind: "task-exited", exit: { kind: "exited", code: 3 } });
  });

  it("is killed at the end of the grace period when it ignores SIGTERM, with all that it started", async () => {
    const { wrapper, signals, reached } = wrapperFor({
      command: shell("trap '' TERM; sleep 60 & while :; do sleep 0.02; done"),
      policy: { ...defaultPolicy, checkpointOn: "never", gracePeriodMs: 600, stopReserveMs: 400, killReserveMs: 100 },
    });
    const ended = wrapper.run();
    await reached("running");
    await sleep(100);
    const started = performance.now();
    signals.emit("SIGTERM");
    expect(await ended).toEqual({ kind: "task-exited", exit: { kind: "signaled", signal: "SIGKILL" } });
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it("is told SIGTERM that came while it was being started", async () => {
    const { wrapper, signals } = wrapperFor({
      command: shell("sleep 60"),
      policy: { ...defaultPolicy, checkpointOn: "never" },
    });
    const ended = wrapper.run();
    signals.emit("SIGTERM");
    expect((await ended).kind).toMatch(/^(stopped-before-start|task-exited)$/);
  });
});
