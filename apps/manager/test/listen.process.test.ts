import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";

import { listen } from "../src/servers/listen.ts";

describe("a server that listens", () => {
  it("cuts a client off that does not take its answer, and none that hears something now and then", async () => {
    const cutOff = Promise.withResolvers<void>();
    const server = createServer((request, response) => {
      if (request.url === "/much") {
        response.once("close", () => cutOff.resolve());
        // More than the kernel takes.
        response.end(Buffer.alloc(64 * 1024 * 1024));
      } else {
        const timer = setInterval(() => response.write("."), 100);
        response.once("close", () => clearInterval(timer));
      }
    });
    const { port, close } = await listen(server, { host: "127.0.0.1", port: 0, quietTimeoutMs: 1000 });
    function ask(path: string): Socket {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      socket.write(`GET ${path} HTTP/1.1\r\nHost: server\r\n\r\n`);
      return socket;
    }
    const lively = ask("/now-and-then").resume();
    const stuck = ask("/much").pause();
    await cutOff.promise;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(lively.closed).toBe(false);
    lively.destroy();
    stuck.destroy();
    await close(1000);
  });
});
