import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Outcome, programs, run } from "./harness.ts";

/** Runs a script in a pid namespace of its own; `read_only` makes /proc/sys what it is in most pods, `hidden` takes ns_last_pid away. */
function inNamespace(script: string): Promise<Outcome> {
  const helpers = `
    pids() { ${programs.init} pids "$@"; }
    read_only() { mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys; }
    hidden() { mount -t tmpfs none /proc/sys; }
    next() { sh -c 'echo $$'; }
  `;
  return run(["unshare", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child", "sh", "-c", helpers + script]);
}

/** The lines that `pids` and `next` wrote: answers and pids. */
const lines = ({ stdout }: Outcome): unknown[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
const answer = (method: string, next: unknown) => ({ method, next, ms: expect.any(Number) });

describe("pids --at-least", () => {
  it("writes ns_last_pid", async () => {
    const outcome = await inNamespace("pids --at-least 5000; next");
    expect(lines(outcome)).toEqual([answer("ns_last_pid", 5000), 5000]);
  });

  it("spends pids where ns_last_pid is read-only", async () => {
    const outcome = await inNamespace("read_only; pids --at-least 3000; next");
    expect(lines(outcome)).toEqual([answer("burn", 3000), 3000]);
  });

  it("spends pids where there is no ns_last_pid", async () => {
    const outcome = await inNamespace("hidden; pids --at-least 1000; next");
    expect(lines(outcome)).toEqual([answer("burn", 1000), 1000]);
  });

  it("does nothing when the cursor is there already", async () => {
    const outcome = await inNamespace("pids --at-least 500; pids --at-least 400; next");
    expect(lines(outcome)).toEqual([answer("ns_last_pid", 500), answer("none", 501), 501]);
  });

  it("goes on in the next round when the largest pid was the last one", async () => {
    const max = Number(readFileSync("/proc/sys/kernel/pid_max", "utf8"));
    // The namespace's own largest pid, which it has since Linux 6.14. Then two mounts, and crik-init itself gets the largest.
    const outcome = await inNamespace(
      `echo ${max} > /proc/sys/kernel/pid_max; echo ${max - 4} > /proc/sys/kernel/ns_last_pid; read_only; pids --at-least 900; next`,
    );
    expect(lines(outcome)).toEqual([answer("burn", 900), 900]);
  });

  it("fails when the pid is beyond the largest", async () => {
    const { code, stdout, stderr } = await inNamespace("pids --at-least 4194304");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("4194304 is beyond the largest pid");
  });
});

describe("pids --exactly", () => {
  it("takes the cursor back", async () => {
    const outcome = await inNamespace("pids --at-least 5000; pids --exactly 700; next");
    expect(lines(outcome)).toEqual([answer("ns_last_pid", 5000), answer("ns_last_pid", 700), 700]);
  });

  it.each(["read_only", "hidden"])("spends pids up to the wanted one (%s)", async (how) => {
    const outcome = await inNamespace(`${how}; pids --exactly 900; next`);
    expect(lines(outcome)).toEqual([answer("burn", 900), 900]);
  });

  it("fails when it cannot go back", async () => {
    const { code, stdout, stderr } = await inNamespace("pids --at-least 5000; read_only; pids --exactly 700");
    expect(code).toBe(1);
    expect(stdout.split("\n")).toHaveLength(2);
    expect(stderr).toMatch(/the next pid is 50\d\d already/);
  });
});
