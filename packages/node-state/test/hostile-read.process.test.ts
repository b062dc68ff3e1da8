import { describe, expect, it } from "vitest";
import { GoodReply, head, LeavingRecord, type Misbehaviour, misbehave, repeat, reply } from "./hostile.ts";
import { runtimes } from "./runtimes.ts";
import { until } from "./watching.ts";

/** Short, for servers that use them up. */
const Limits = { attemptTimeoutMs: 300, totalTimeoutMs: 1500 };

/** Long enough for a busy machine, for servers that answer at once. */
const Patience = { attemptTimeoutMs: 5000, totalTimeoutMs: 15_000 };

/** Of a server that cannot be asked twice with another result: one connection, then the error. */
const Final: readonly (readonly [string, Misbehaviour, object])[] = [
  [
    "redirects",
    (socket) => socket.write(reply("302 Found", "", "Location: /v1/nodes/n1")),
    { code: "ERR_NODE_STATE_HTTP", status: 302, hint: expect.stringContaining("not followed") },
  ],
  [
    "redirects, and never ends its body",
    (socket) => socket.write("HTTP/1.1 301 Moved Permanently\r\nLocation: /\r\nContent-Length: 5\r\n\r\n"),
    { code: "ERR_NODE_STATE_HTTP", status: 301 },
  ],
  [
    "wants a token",
    (socket) => socket.write(reply("401 Unauthorized", '{"error":{"code":"unauthorized","message":"no"}}')),
    { code: "ERR_NODE_STATE_HTTP", status: 401, message: expect.stringContaining("401 (unauthorized)") },
  ],
  ["forbids it", (socket) => socket.write(reply("403 Forbidden", "no")), { code: "ERR_NODE_STATE_HTTP", status: 403 }],
  [
    "does not like the name",
    (socket) => socket.write(reply("400 Bad Request", "")),
    { code: "ERR_NODE_STATE_HTTP", status: 400 },
  ],
  [
    "knows no such path",
    (socket) => socket.write(reply("404 Not Found", "404 page not found\n", "Content-Type: text/plain")),
    { code: "ERR_NODE_STATE_HTTP", status: 404, hint: expect.stringContaining("path") },
  ],
  [
    "says 404 and that the node is ready",
    (socket) => socket.write(reply("404 Not Found", '{"name":"n1","state":"ready","reason":"","sources":[]}')),
    { code: "ERR_NODE_STATE_HTTP", status: 404 },
  ],
  ["has no content", (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"), { code: "ERR_NODE_STATE_HTTP" }],
  ["sends a page", (socket) => socket.write(reply("200 OK", "<html>")), { code: "ERR_NODE_STATE_PROTOCOL" }],
  ["sends nothing", (socket) => socket.write(reply("200 OK", "")), { code: "ERR_NODE_STATE_PROTOCOL" }],
  [
    "sends what the original server does",
    (socket) => socket.write(reply("200 OK", '{"state":"shutting-down"}')),
    { code: "ERR_NODE_STATE_PROTOCOL" },
  ],
  [
    "tells of another node",
    (socket) => socket.write(reply("200 OK", LeavingRecord.replace("n1", "n2"))),
    { code: "ERR_NODE_STATE_PROTOCOL", message: expect.stringContaining("n2") },
  ],
  [
    "compresses unasked",
    (socket) => socket.write(reply("200 OK", "\u001f\u008b\u0008", "Content-Encoding: gzip")),
    { code: "ERR_NODE_STATE_PROTOCOL" },
  ],
  [
    "does not speak HTTP",
    (socket) => socket.write("220 mail.example.com ESMTP\r\n"),
    { code: "ERR_NODE_STATE_PROTOCOL" },
  ],
  [
    "sends an endless body",
    (socket) => {
      socket.write(head("Content-Type: application/json"));
      repeat(socket, "x".repeat(16_384), 0);
    },
    { code: "ERR_NODE_STATE_PROTOCOL", message: expect.stringContaining("65536 bytes") },
  ],
  [
    "sends endless headers",
    (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      repeat(socket, `X-More: ${"x".repeat(1000)}\r\n`, 0);
    },
    { code: "ERR_NODE_STATE_PROTOCOL" },
  ],
];

/** Of a server that may do better the next time: several connections, all within the total time. */
const Repeated: readonly (readonly [string, Misbehaviour, object])[] = [
  [
    "never answers",
    () => {},
    { code: "ERR_NODE_STATE_TIMEOUT", message: expect.stringMatching(/ \d times in \d+ ms/u) },
  ],
  [
    "sends headers and no body",
    (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n"),
    { code: "ERR_NODE_STATE_TIMEOUT" },
  ],
  [
    "sends a body byte by byte",
    (socket) => {
      socket.write(head("Content-Type: application/json"));
      repeat(socket, " ", 20);
    },
    { code: "ERR_NODE_STATE_TIMEOUT" },
  ],
  [
    "goes on saying that it will answer",
    (socket) => repeat(socket, "HTTP/1.1 102 Processing\r\n\r\n", 20),
    { code: "ERR_NODE_STATE_TIMEOUT" },
  ],
  [
    "makes mistakes",
    (socket) => socket.write(reply("500 Internal Server Error", "oh")),
    { code: "ERR_NODE_STATE_HTTP", status: 500 },
  ],
  [
    "is not ready",
    (socket) => socket.write(reply("503 Service Unavailable", '{"error":{"code":"not-ready","message":"no"}}')),
    { code: "ERR_NODE_STATE_HTTP", status: 503, message: expect.stringContaining("503 (not-ready)") },
  ],
  ["resets the connection", (socket) => socket.resetAndDestroy(), { code: "ERR_NODE_STATE_UNREACHABLE" }],
  ["closes the connection", (socket) => socket.end(), { code: "ERR_NODE_STATE_UNREACHABLE" }],
  [
    "cuts its body",
    (socket) => socket.end(reply("200 OK", LeavingRecord).slice(0, -10)),
    { code: "ERR_NODE_STATE_UNREACHABLE" },
  ],
];

/** The first two connections fail in some way, the third is good. */
const Passing: readonly (readonly [string, Misbehaviour])[] = [
  ["is not ready", (socket) => socket.write(reply("503 Service Unavailable", ""))],
  ["makes mistakes", (socket) => socket.write(reply("500 Internal Server Error", ""))],
  ["resets connections", (socket) => socket.resetAndDestroy()],
  ["never answers", () => {}],
];

describe.concurrent.each(runtimes)("a read under $name", ({ ask }) => {
  const read = (url: string, limits = Patience) => ask({ options: { url, ...limits }, node: "n1" });

  it.each(Final)("asks once when the server %s", async (_name, behaviour, error) => {
    await using server = await misbehave(behaviour);
    expect(await read(server.url)).toMatchObject({ told: [], error });
    expect(server.connections).toBe(1);
    await until(() => server.open === 0, "the connection is closed");
    // What the kernel holds of a connection, and not much more.
    expect(server.sent).toBeLessThan(16_000_000);
  });

  it.each(Repeated)("asks again, and not for ever, when the server %s", async (_name, behaviour, error) => {
    await using server = await misbehave(behaviour);
    const outcome = await read(server.url, Limits);
    expect(outcome).toMatchObject({ told: [], error });
    expect(outcome.durationMs).toBeLessThan(Limits.totalTimeoutMs + 200);
    expect(server.connections).toBeGreaterThanOrEqual(3);
    await until(() => server.open === 0, "every connection is closed");
  });

  it.each(Passing)("has its answer from the third connection when the server %s at first", async (_name, behaviour) => {
    await using server = await misbehave((socket, connection, request) => {
      if (connection < 3) behaviour(socket, connection, request);
      else socket.write(GoodReply);
    });
    const outcome = await read(server.url, { attemptTimeoutMs: 800, totalTimeoutMs: 15_000 });
    expect(outcome).toMatchObject({ told: ["state shutting-down"] });
    expect(server.connections).toBe(3);
  });

  it("says that nobody is there when nobody listens", async () => {
    const gone = await misbehave(() => {});
    await gone[Symbol.asyncDispose]();
    const { error, durationMs } = await read(gone.url, Limits);
    expect(error).toMatchObject({
      code: "ERR_NODE_STATE_UNREACHABLE",
      message: expect.stringMatching(/ECONNREFUSED/u),
    });
    expect(error?.message).toContain(`asking ${gone.url} for the state of node n1 failed`);
    expect(durationMs).toBeLessThan(Limits.totalTimeoutMs + 200);
  });

  it("says that the host is not known", async () => {
    const { error } = await read("http://crik-node-state-server.invalid:9376", Limits);
    expect(error).toMatchObject({
      code: "ERR_NODE_STATE_UNREACHABLE",
      message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/u),
    });
  });
});
