import { describe, expect, it } from "vitest";
import { GoodStream, head, LeavingRecord, type Misbehaviour, misbehave, repeat, reply, StreamHead } from "./hostile.ts";
import { runtimes } from "./runtimes.ts";
import { until } from "./watching.ts";

const Limits = { attemptTimeoutMs: 1000, watchSilenceMs: 600 };

/** What ends a stream that began well: lost, and connected anew. */
const Ends: readonly (readonly [string, Misbehaviour, object])[] = [
  ["falls silent", () => {}, { code: "ERR_NODE_STATE_TIMEOUT", message: expect.stringContaining("600 ms") }],
  ["sends a byte now and then", (socket) => repeat(socket, "x", 50), { code: "ERR_NODE_STATE_TIMEOUT" }],
  ["ends the stream", (socket) => socket.end(), { code: "ERR_NODE_STATE_UNREACHABLE" }],
  [
    "cuts an event in the middle",
    (socket) => socket.end('event: state\ndata: {"name":"n1"'),
    { code: "ERR_NODE_STATE_UNREACHABLE" },
  ],
  ["resets the connection", (socket) => socket.resetAndDestroy(), { code: "ERR_NODE_STATE_UNREACHABLE" }],
  ["sends an endless line", (socket) => repeat(socket, "x".repeat(16_384), 0), { code: "ERR_NODE_STATE_PROTOCOL" }],
  [
    "sends an endless event",
    (socket) => repeat(socket, `data: ${"x".repeat(1000)}\n`, 0),
    { code: "ERR_NODE_STATE_PROTOCOL" },
  ],
  ["sends no record", (socket) => socket.write("event: state\ndata: {}\n\n"), { code: "ERR_NODE_STATE_PROTOCOL" }],
  [
    "tells of another node",
    (socket) => socket.write(`event: state\ndata: ${LeavingRecord.replace("n1", "n2")}\n\n`),
    { code: "ERR_NODE_STATE_PROTOCOL" },
  ],
];

/** What is no stream at all. */
const Beginnings: readonly (readonly [string, Misbehaviour, object])[] = [
  ["never answers", () => {}, { code: "ERR_NODE_STATE_TIMEOUT", message: expect.stringContaining("1000 ms") }],
  ["resets connections", (socket) => socket.resetAndDestroy(), { code: "ERR_NODE_STATE_UNREACHABLE" }],
  ["sends a page", (socket) => socket.write(reply("200 OK", "<html>")), { code: "ERR_NODE_STATE_PROTOCOL" }],
  [
    "has too many watchers",
    (socket) => socket.write(reply("503 Service Unavailable", "")),
    { code: "ERR_NODE_STATE_HTTP", status: 503 },
  ],
  [
    "redirects",
    (socket) => socket.write(reply("302 Found", "", "Location: /x")),
    { code: "ERR_NODE_STATE_HTTP", status: 302 },
  ],
  [
    "wants a token",
    (socket) => socket.write(reply("401 Unauthorized", "")),
    { code: "ERR_NODE_STATE_HTTP", status: 401 },
  ],
  ["sends headers of a stream, and nothing", (socket) => socket.write(StreamHead), { code: "ERR_NODE_STATE_TIMEOUT" }],
];

describe.concurrent.each(runtimes)("a watch under $name", ({ ask }) => {
  it.each(Ends)("is lost, and comes back, when the server %s", async (_name, behaviour, error) => {
    await using server = await misbehave((socket, connection, request) => {
      socket.write(GoodStream);
      if (connection === 1) setTimeout(behaviour, 50, socket, connection, request);
    });
    const outcome = await ask({ options: { url: server.url, ...Limits }, node: "n1", watchEvents: 3 });
    expect(outcome).toMatchObject({ told: ["state shutting-down", "lost", "state shutting-down"], error });
    expect(server.connections).toBe(2);
    await until(() => server.open === 0, "every connection is closed");
    expect(server.sent).toBeLessThan(16_000_000);
  });

  it.each(Beginnings)(
    "tells of a loss once, and goes on trying, when the server %s",
    async (_name, behaviour, error) => {
      await using server = await misbehave((socket, connection, request) => {
        if (connection < 3) behaviour(socket, connection, request);
        else socket.write(GoodStream);
      });
      const outcome = await ask({ options: { url: server.url, ...Limits }, node: "n1", watchEvents: 2 });
      expect(outcome).toMatchObject({ told: ["lost", "state shutting-down"], error });
      expect(outcome.error?.message).toContain(`watching node n1 at ${server.url} failed`);
      expect(server.connections).toBe(3);
    },
  );

  it("understands every way to write a stream", async () => {
    await using server = await misbehave((socket) => {
      const pieces = [
        head("Content-Type: Text/Event-Stream;charset=utf-8"),
        ": hello\r\nretry: 10\r\n",
        "event: something-new\r\ndata: {}\r\n\r\n",
        `event:state\r\nid: 7\r\ndata:${LeavingRecord.slice(0, 40)}`,
        `${LeavingRecord.slice(40)}\r`,
        "\n\r",
        '\nevent: state\rdata: {"name":"n1","state":"ready",\rdata: "reason":"","sources":[],"more":1}\r\r',
      ];
      for (const [index, piece] of pieces.entries()) setTimeout(() => socket.write(piece), index * 20);
    });
    const outcome = await ask({ options: { url: server.url, ...Limits }, node: "n1", watchEvents: 2 });
    expect(outcome.told).toEqual(["state shutting-down", "state ready"]);
  });
});
