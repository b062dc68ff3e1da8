import { once } from "node:events";
import { createServer as createTcpServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, it } from "vitest";

import { type Connection, ConnectTimeoutMs, connect } from "../src/reflector/connection.ts";
import type { Get } from "../src/reflector/receive.ts";
import { certificateFor } from "./certificate.ts";
import { type Exchange, startScriptedApiServer } from "./scripted-api-server.ts";

const never = new AbortController().signal;

function ask(connection: Connection, more: Partial<Get> = {}): Promise<void> {
  const limits = { headTimeoutMs: 500, silenceTimeoutMs: 500, totalTimeoutMs: 2000 };
  return connection.get({
    path: "/api/v1/nodes?fieldSelector=x",
    what: "the question",
    ...limits,
    onData() {},
    ...more,
  });
}

/** A server that is none, and what connecting to it comes to. */
async function connectTo(server: Server, ca?: string): Promise<Connection> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const endpoint = {
    url: new URL(`https://127.0.0.1:${port}`),
    tls: ca === undefined ? {} : { ca },
    headers: async () => ({}),
  };
  try {
    return await connect(endpoint, "test", never);
  } finally {
    server.close();
  }
}

describe.concurrent("a connection", () => {
  it("to a server that takes connections and says nothing is given up after some seconds", async () => {
    const since = performance.now();
    const sockets: { destroy(): void }[] = [];
    await expect(connectTo(createTcpServer((socket) => sockets.push(socket)))).rejects.toMatchObject({
      code: "ERR_API_TIMEOUT",
    });
    expect(performance.now() - since).toBeLessThan(ConnectTimeoutMs + 1000);
    for (const socket of sockets) socket.destroy();
  });

  it("to a server without HTTP/2 fails, and says what may be the matter", async () => {
    const { cert, key } = await certificateFor();
    const server = createTlsServer({ cert, key, ALPNProtocols: ["http/1.1"] }, (socket) =>
      socket.on("error", () => {}),
    );
    await expect(connectTo(server, cert)).rejects.toMatchObject({
      code: "ERR_API_NO_HTTP2",
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ speaks no HTTP\/2$/u),
      hint: expect.stringContaining("proxy"),
    });
  });

  it("to a server with another authority fails", async () => {
    const { cert, key } = await certificateFor();
    const server = createTlsServer({ cert, key, ALPNProtocols: ["h2"] }, (socket) => socket.on("error", () => {}));
    server.on("tlsClientError", () => {});
    await expect(connectTo(server, (await certificateFor("somebody else")).cert)).rejects.toMatchObject({
      code: "ERR_API_UNREACHABLE",
      message: expect.stringContaining("self-signed certificate"),
    });
  });

  it("to nobody fails", async () => {
    const endpoint = { url: new URL("https://127.0.0.1:1"), tls: {}, headers: async () => ({}) };
    await expect(connect(endpoint, "test", never)).rejects.toMatchObject({
      code: "ERR_API_UNREACHABLE",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it.each<[string, (exchange: Exchange) => void, object]>([
    ["that is not answered", () => {}, { code: "ERR_API_TIMEOUT", message: "the question: no answer within 500 ms" }],
    [
      "whose answer falls silent",
      ({ open, write }) => {
        open();
        write("{");
      },
      { code: "ERR_API_TIMEOUT", message: "the question: silent for 500 ms" },
    ],
    [
      "whose answer never ends",
      ({ open, stream }) => {
        open();
        const timer = setInterval(() => stream.write("x"), 100);
        stream.once("close", () => clearInterval(timer));
      },
      { code: "ERR_API_TIMEOUT", message: "the question: not complete after 2000 ms" },
    ],
    [
      "whose answer is reset",
      ({ open, stream }) => {
        open();
        setTimeout(() => stream.destroy(new Error("a mistake of the server")), 50);
      },
      { code: "ERR_API_UNREACHABLE" },
    ],
    ["that is refused", ({ answer }) => answer(503, { message: "not now" }), { code: "ERR_API_HTTP", status: 503 }],
    [
      "that is refused without end",
      ({ stream }) => {
        stream.respond({ ":status": 500 });
        const timer = setInterval(() => stream.write("x".repeat(10_000)), 1);
        stream.once("close", () => clearInterval(timer));
      },
      { code: "ERR_API_HTTP", status: 500 },
    ],
    [
      "whose connection breaks",
      ({ open, session }) => {
        open();
        setTimeout(() => session.socket.destroy(), 50);
      },
      { code: "ERR_API_UNREACHABLE", message: expect.stringMatching(/^the connection to|cut off/u) },
    ],
  ])("carries a question %s to its error", async (_, probe, error) => {
    await using server = await startScriptedApiServer({ probe });
    using connection = await connect(await server.loadEndpoint(), "test", never);
    await expect(ask(connection)).rejects.toMatchObject(error);
  });

  it("goes on after a question that failed", async () => {
    await using server = await startScriptedApiServer({ watch() {} });
    using connection = await connect(await server.loadEndpoint(), "test", never);
    await expect(ask(connection, { path: "/api/v1/nodes?watch=true" })).rejects.toMatchObject({
      code: "ERR_API_TIMEOUT",
    });
    await ask(connection);
  });

  it("is not opened when its signal has aborted before", async () => {
    await using server = await startScriptedApiServer({});
    const endpoint = await server.loadEndpoint();
    await expect(connect(endpoint, "test", AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    expect(server.sessions.size).toBe(0);
  });

  it("ends what is asked when its signal aborts, and takes no more", async () => {
    await using server = await startScriptedApiServer({ probe() {} });
    const end = new AbortController();
    using connection = await connect(await server.loadEndpoint(), "test", end.signal);
    const asked = ask(connection);
    setTimeout(() => end.abort(new Error("enough")), 50);
    await expect(asked).rejects.toThrow("enough");
    await expect(ask(connection)).rejects.toThrow("enough");
  });
});
