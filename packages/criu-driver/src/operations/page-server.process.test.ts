import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../test/sandbox.ts";
import type { PageServerOptions } from "./page-server.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => {
  expect(readdirSync(sandbox.run)).toEqual([]);
  sandbox[Symbol.dispose]();
});

const listen = (): PageServerOptions => ({
  address: "127.0.0.1",
  port: 2727,
  imageDirectory: sandbox.images,
  workDirectory: sandbox.work,
});

describe("a page server", () => {
  it("listens, serves one dump, and ends", async () => {
    const criu = sandbox.criu([{ argvTo: sandbox.argvFile }, { ready: 1 }, { sleepMs: 100 }, { exit: 0 }]);
    const server = await criu.startPageServer(listen());
    expect(server.address).toEqual({ address: "127.0.0.1", port: 2727 });
    expect(sandbox.readArgv().argv).toEqual(
      expect.arrayContaining(["page-server", "--port", "2727", "--status-fd", "3"]),
    );
    await server.served();
    await server.close();
  });

  it("that cannot listen rejects with the cause", async () => {
    const log = "Error (criu/util.c:1000): Can't bind page server: Address already in use";
    await expect(sandbox.criu([{ log }, { exit: 1 }]).startPageServer(listen())).rejects.toMatchObject({
      code: "ERR_CRIU_PAGE_SERVER",
      message: "page server on 127.0.0.1:2727 failed: Can't bind page server: Address already in use",
    });
    await expect(sandbox.criu([{ exit: 0 }]).startPageServer(listen())).rejects.toMatchObject({
      code: "ERR_CRIU_PAGE_SERVER",
    });
    const missing = sandbox.criu([], { command: ["/nowhere/criu"] });
    await expect(missing.startPageServer(listen())).rejects.toMatchObject({ code: "ERR_CRIU_NOT_FOUND" });
  });

  it("ends when it is closed, aborted, or past its deadline", async () => {
    const criu = sandbox.criu([{ ready: 1 }, { sleepMs: 60_000 }]);
    {
      await using server = await criu.startPageServer(listen());
      await server.close();
      await expect(server.served()).rejects.toMatchObject({ code: "ERR_CRIU_ABORTED" });
    }
    const aborted = await criu.startPageServer({ ...listen(), signal: AbortSignal.timeout(300) });
    await expect(aborted.served()).rejects.toMatchObject({ code: "ERR_CRIU_ABORTED" });
    const late = await criu.startPageServer({ ...listen(), timeoutMs: 300 });
    await expect(late.served()).rejects.toMatchObject({ code: "ERR_CRIU_TIMEOUT" });
    await expect(criu.startPageServer({ ...listen(), signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ERR_CRIU_ABORTED",
    });
  });
});
