import { mkdtemp, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programs, run } from "./harness.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "crik-tools-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("exec", () => {
  it("becomes the command", async () => {
    expect(await run([programs.init, "exec", "--", "sh", "-c", "exit 12"])).toMatchObject({ code: 12 });
    expect(await run([programs.init, "exec", "--", "/nonexistent"])).toMatchObject({ code: 127 });
    expect(await run([programs.init, "exec", "--", "/etc/passwd"])).toMatchObject({ code: 126 });
  });

  it("gives it an IPC namespace of its own, and no_new_privs, when asked", async () => {
    const show = ["sh", "-c", "readlink /proc/self/ns/ipc; grep NoNewPrivs /proc/self/status"] as const;
    const [namespace, privileges] = (
      await run([programs.init, "exec", "--unshare-ipc", "--no-new-privs", "--", ...show])
    ).stdout.split("\n");
    expect(namespace).not.toBe(await readlink("/proc/self/ns/ipc"));
    expect(privileges).toContain("1");
    expect((await run([programs.init, "exec", "--", ...show])).stdout).toContain(await readlink("/proc/self/ns/ipc"));
  });
});

describe("mkfifo", () => {
  it("makes a fifo with exactly the mode that is asked for", async () => {
    const path = join(folder, "fifo");
    expect(await run(["sh", "-c", `umask 077; exec ${programs.init} mkfifo 0622 ${path}`])).toMatchObject({ code: 0 });
    const made = await stat(path);
    expect(made.isFIFO()).toBe(true);
    expect(made.mode & 0o7777).toBe(0o622);
  });

  it("does not replace what is there", async () => {
    const { code, stderr } = await run([programs.init, "mkfifo", "600", folder]);
    expect(code).toBe(1);
    expect(stderr).toContain("File exists");
  });
});

describe("the program", () => {
  it("shows its usage", async () => {
    expect(await run([programs.init, "--help"])).toMatchObject({ code: 0, stdout: expect.stringContaining("usage:") });
    expect(await run([programs.init])).toMatchObject({ code: 125, stderr: expect.stringContaining("usage:") });
  });
});
