import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakes } from "../../test/sandbox.ts";
import type { HookChannel } from "./request.ts";
import { hookScript, openScriptChannel } from "./script-channel.ts";
import { openSocketChannel } from "./socket-channel.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hook-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function runHook(
  channel: HookChannel,
  action: string,
): Promise<{ readonly code: number; readonly stderr: string }> {
  const hook = spawn(channel.program, [], {
    env: { ...process.env, ...channel.env, CRTOOLS_SCRIPT_ACTION: action, CRTOOLS_INIT_PID: "9001" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stderr = text(hook.stderr);
  const [code] = await once(hook, "exit");
  return { code, stderr: await stderr };
}

const channels = [
  ["the shell script", openScriptChannel],
  [
    "a socket",
    (options: Parameters<typeof openScriptChannel>[0]) => openSocketChannel({ ...options, program: fakes.hook }),
  ],
] as const;

describe.each(channels)("a hook by %s", (_, open) => {
  it("asks, waits for the answer, and obeys", async () => {
    const asked: string[] = [];
    await using channel = await open({
      folder,
      answer: async ({ action, pid }) => {
        asked.push(`${action} ${pid}`);
        return action === "post-dump" ? { kind: "refuse", because: "the disk is full" } : { kind: "allow" };
      },
    });
    expect(await runHook(channel, "pre-resume")).toEqual({ code: 0, stderr: "" });
    const refused = await runHook(channel, "post-dump");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("the disk is full");
    expect(asked).toEqual(["pre-resume 9001", "post-dump 9001"]);
  });

  it("may ask many at once", async () => {
    await using channel = await open({ folder, answer: async () => ({ kind: "allow" }) });
    const codes = await Promise.all(Array.from({ length: 8 }, async () => (await runHook(channel, "pre-resume")).code));
    expect(codes).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe("the hook's script", () => {
  it("refuses when the driver is dead, or its pid is another's", () => {
    const program = join(folder, "hook.sh");
    for (const [pid, startTime] of [
      [4_100_000, "1"],
      [process.pid, "1"],
    ] as const) {
      writeFileSync(program, hookScript({ folder, pid, startTime }), { mode: 0o700 });
      const { status, stderr } = spawnSync(program, {
        env: { CRTOOLS_SCRIPT_ACTION: "post-dump", PATH: process.env["PATH"] },
        encoding: "utf8",
      });
      expect(status).toBe(1);
      expect(stderr).toContain("is gone or has given it up: refused");
    }
  });

  it("refuses when its folder is removed, as it is when the operation is over", async () => {
    const asked = Promise.withResolvers<void>();
    await using channel = await openScriptChannel({
      folder,
      answer: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const hook = runHook(channel, "post-dump");
    await asked.promise;
    rmSync(folder, { recursive: true });
    expect((await hook).code).toBe(1);
  });

  it("does not ask what nobody decides", async () => {
    await using channel = await openScriptChannel({
      folder,
      answer: () => Promise.reject(new Error("not to be asked")),
    });
    expect((await runHook(channel, "network-lock")).code).toBe(0);
  });

  it("leaves nothing in its folder but itself", async () => {
    await using channel = await openScriptChannel({ folder, answer: async () => ({ kind: "allow" }) });
    await runHook(channel, "post-dump");
    expect(readdirSync(folder)).toEqual(["hook.sh"]);
  });
});

describe("the hook's socket", () => {
  it("refuses what is no request, and goes on", async () => {
    await using channel = await openSocketChannel({
      folder,
      program: fakes.hook,
      answer: async () => ({ kind: "allow" }),
    });
    const socket = connect(join(folder, "hook.sock"));
    socket.end(`${"x".repeat(1000)}\n`);
    expect(await text(socket)).toBe("no: that is not a request\n");
    expect((await runHook(channel, "pre-dump")).code).toBe(0);
  });

  it("tells by the signal when the asker is gone", async () => {
    const gone = Promise.withResolvers<void>();
    await using _ = await openSocketChannel({
      folder,
      program: fakes.hook,
      answer: ({ signal }) => {
        signal.addEventListener("abort", () => gone.resolve());
        return new Promise(() => {});
      },
    });
    const socket = connect(join(folder, "hook.sock"));
    socket.write("post-dump 1\n");
    setTimeout(() => socket.destroy(), 50);
    await gone.promise;
  });

  it("means refusal when it is closed", async () => {
    const asked = Promise.withResolvers<void>();
    const channel = await openSocketChannel({
      folder,
      program: fakes.hook,
      answer: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const hook = runHook(channel, "post-dump");
    await asked.promise;
    await channel[Symbol.asyncDispose]();
    expect((await hook).code).toBe(1);
  });

  it("has a path that fits, or says so", async () => {
    const long = openSocketChannel({
      folder: `/tmp/${"x".repeat(100)}`,
      program: fakes.hook,
      answer: async () => ({ kind: "allow" }),
    });
    await expect(long).rejects.toMatchObject({ code: "ERR_CRIU_INVALID_OPTION" });
    const missing = openSocketChannel({
      folder: "/nowhere",
      program: fakes.hook,
      answer: async () => ({ kind: "allow" }),
    });
    await expect(missing).rejects.toMatchObject({ code: "ERR_CRIU_HOOK" });
  });
});
