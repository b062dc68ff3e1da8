import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Outcome, programs, run } from "./harness.ts";

let folder = "";
let server: Server | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "crik-hook-"));
});
afterEach(() => server?.close());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the hook as CRIU does, against a server that treats the connection so. */
async function ask(answer: (socket: Socket, request: string) => void, env = {}): Promise<Outcome> {
  const path = join(folder, "socket");
  server = createServer((socket) => socket.on("error", () => {}).once("data", (data) => answer(socket, String(data))));
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return hook({ CRIK_HOOK_SOCKET: path, CRTOOLS_SCRIPT_ACTION: "post-dump", ...env });
}

function hook(env: Record<string, string>): Promise<Outcome> {
  // CRIU closes descriptor 0.
  return run(["sh", "-c", `exec ${programs.hook} 0<&-`], { env });
}

describe("the hook", () => {
  it("passes action and pid on, and says yes only to ok", async () => {
    let asked = "";
    const outcome = await ask(
      (socket, request) => {
        asked = request;
        socket.write("ok\n");
      },
      { CRTOOLS_SCRIPT_ACTION: "post-restore", CRTOOLS_INIT_PID: "4711" },
    );
    expect(asked).toBe("post-restore 4711\n");
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
  });

  it("sends 0 as pid when CRIU gives none", async () => {
    let asked = "";
    await ask((socket, request) => {
      asked = request;
      socket.end("ok\n");
    });
    expect(asked).toBe("post-dump 0\n");
  });

  it("waits for an answer that comes late and in pieces", async () => {
    const outcome = await ask((socket) => {
      socket.write("o");
      setTimeout(() => socket.write("k\n"), 100);
    });
    expect(outcome.code).toBe(0);
  });

  it.each([
    ["no", "no: the disk is full\n", "hook post-dump: no: the disk is full"],
    ["almost ok", "ok then\n", "hook post-dump: ok then"],
    ["an empty line", "\n", "hook post-dump: "],
    ["something endless", "o".repeat(100_000), "hook post-dump: ooo"],
  ])("refuses when the answer is %s, and says so in CRIU's log", async (_, answer, message) => {
    const { code, stderr } = await ask((socket) => socket.write(answer));
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  it.each([
    ["without a word", ""],
    ["in the middle of ok", "ok"],
  ])("refuses when crik ends %s", async (_, said) => {
    const { code, stderr } = await ask((socket) => socket.end(said));
    expect(code).toBe(1);
    expect(stderr).toContain("crik ended without an answer");
  });

  it("refuses when nobody listens", async () => {
    const { code, stderr } = await hook({ CRIK_HOOK_SOCKET: join(folder, "none"), CRTOOLS_SCRIPT_ACTION: "pre-dump" });
    expect(code).toBe(1);
    expect(stderr).toBe("crik-init: hook pre-dump: crik cannot be reached: No such file or directory\n");
  });

  it("refuses when it was not run by CRIU, or not under crik", async () => {
    expect((await hook({})).stderr).toContain("CRTOOLS_SCRIPT_ACTION is not set");
    const under = await hook({ CRTOOLS_SCRIPT_ACTION: "pre-dump" });
    expect(under).toMatchObject({ code: 1, stderr: expect.stringContaining("CRIK_HOOK_SOCKET is not set") });
    const long = await hook({ CRTOOLS_SCRIPT_ACTION: "pre-dump", CRIK_HOOK_SOCKET: `/${"x".repeat(107)}` });
    expect(long).toMatchObject({ code: 1, stderr: expect.stringContaining("longer than 107 bytes") });
  });
});
