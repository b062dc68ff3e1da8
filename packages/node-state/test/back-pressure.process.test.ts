import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { decodeRecord, type NodeStateRecord } from "../src/index.ts";
import { type RunningServer, readyNode, serve } from "./serve.ts";
import { until } from "./watching.ts";

/** A record of some 10 KB; each number gives another one. */
function largeRecord(number: number): NodeStateRecord {
  const sources = Array.from({ length: 32 }, (_, index) => ({ name: `source-${index}`, detail: "x".repeat(200) }));
  return { name: "n1", state: "shutting-down", reason: `change ${number}: ${"y".repeat(900)}`, sources };
}

/** Sends the request of a watch over a socket of its own; who reads from it decides how fast. */
async function openWatch(server: RunningServer, node = "n1"): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(`GET /v1/nodes/${node}/watch HTTP/1.1\r\nHost: server\r\n\r\n`);
  return socket;
}

/** Changes the node so often that no buffer of the kernel holds it all: 50 MB. */
async function changeOften(server: RunningServer): Promise<void> {
  for (let number = 1; number <= 5000; number++) {
    server.store.set(largeRecord(number));
    if (number % 10 === 0) await nextTurn();
  }
}

describe("a watcher that does not read", () => {
  it("costs the server one event of memory, and gets the newest when it reads again", async () => {
    await using server = await serve();
    const connections: Socket[] = [];
    server.http.on("connection", (socket: Socket) => connections.push(socket));
    server.store.set(readyNode("n1"));
    const reader = await openWatch(server);
    reader.pause();
    await until(() => server.watches.count === 1, "the watch is open");
    await changeOften(server);
    const [{ writableLength = 0 } = {}] = connections;
    // It must be more than nothing, or the kernel has taken all and nothing was tried here.
    expect(writableLength).toBeGreaterThan(0);
    expect(writableLength).toBeLessThan(64 * 1024);
    let text = "";
    reader.setEncoding("utf8");
    reader.on("data", (piece: string) => {
      text += piece;
    });
    reader.resume();
    await until(() => text.includes("change 5000:"), "the newest record");
    const numbers = [...text.matchAll(/"change (\d+):/gu)].map(([, number]) => Number(number));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(numbers.length).toBeLessThan(4000);
    expect(decodeRecord(/^data: (.*)$/mu.exec(text.slice(text.lastIndexOf("data: ")))?.[1] ?? "")).toEqual(
      largeRecord(5000),
    );
    reader.destroy();
  });

  it("is cut off after some time, and no other watcher hears of it", async () => {
    await using server = await serve({ slowMs: 500 });
    const stuck = await openWatch(server);
    stuck.pause();
    const other = await openWatch(server);
    let text = "";
    other.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
    await until(() => server.watches.count === 2, "both watches are open");
    await changeOften(server);
    await until(() => server.watches.count === 1, "the stuck one is cut off");
    expect(server.observations).toContainEqual(expect.objectContaining({ type: "watch-ended", reason: "slow" }));
    await until(() => text.includes("change 5000:"), "the other one goes on");
    stuck.destroy();
    other.destroy();
  });

  it("cannot hold a server up that stops", async () => {
    await using server = await serve({ slowMs: 500 });
    const stuck = await openWatch(server);
    stuck.pause();
    await until(() => server.watches.count === 1, "the watch is open");
    await changeOften(server);
    const closed = once(server.http, "close");
    server.http.close();
    server.watches.end();
    await closed;
    await until(() => server.watches.count === 0, "no watch is left");
    stuck.destroy();
  });
});

describe("clients that do not take the list", () => {
  it("cost the server one list of memory, however many they are", async () => {
    await using server = await serve();
    for (let number = 0; number < 2000; number++) server.store.set(readyNode(`${"n".repeat(200)}${number}`));
    let asked = 0;
    server.http.on("request", () => asked++);
    const listBytes = (await (await fetch(`${server.url}/v1/nodes`)).arrayBuffer()).byteLength;
    const before = process.memoryUsage().arrayBuffers;
    const clients = Array.from({ length: 100 }, () => {
      const socket = connect(server.port, "127.0.0.1");
      socket.on("error", () => {}).pause();
      socket.write("GET /v1/nodes HTTP/1.1\r\nHost: server\r\n\r\n");
      return socket;
    });
    await until(() => asked === clients.length + 1, "all have asked");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * listBytes);
    for (const socket of clients) socket.destroy();
  });
});

describe("a crowd of watchers", () => {
  it("hears of a change within two seconds, and the one too many is told so", async () => {
    const crowd = 1500;
    await using server = await serve({ maxWatchers: crowd });
    server.store.set(readyNode("n1"));
    const heard = new Set<Socket>();
    const sockets: Socket[] = [];
    for (let number = 0; number < crowd; number++) {
      const socket = await openWatch(server);
      socket.on("data", (bytes) => {
        if (bytes.includes("shutting-down")) heard.add(socket);
      });
      sockets.push(socket);
    }
    await until(() => server.watches.count === crowd, "everyone watches");
    expect((await fetch(`${server.url}/v1/nodes/n1/watch`)).status).toBe(503);
    const changed = performance.now();
    server.store.set({ ...readyNode("n1"), state: "shutting-down" });
    await until(() => heard.size === crowd, "everyone has heard of it");
    expect(performance.now() - changed).toBeLessThan(2000);
    // Who only asks is still answered.
    expect((await fetch(`${server.url}/v1/nodes/n1`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await until(() => server.watches.count === 0, "everyone has gone");
  });
});
