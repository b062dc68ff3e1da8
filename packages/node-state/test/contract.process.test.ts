import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createNodeStateClient } from "../src/client/index.ts";
import { leavingNode, readyNode, serve } from "./serve.ts";
import { startWatching, until } from "./watching.ts";

describe("a client and a server", () => {
  it("agree on every kind of record", async () => {
    await using server = await serve();
    const client = createNodeStateClient({ url: server.url });
    const odd = { ...leavingNode("n3.example.com"), reason: 'a "quoted"\r\nline, an emoji 🧊 and \u2028' };
    for (const record of [readyNode("n1"), leavingNode("n2"), odd]) {
      server.store.set(record);
      expect(await client.read(record.name)).toEqual(record);
      await using watching = startWatching({ url: server.url }, record.name);
      expect(await watching.next()).toEqual({ type: "state", record });
    }
  });

  it("call a node unknown that there is not", async () => {
    await using server = await serve();
    const client = createNodeStateClient({ url: server.url });
    const unknown = { name: "n9", state: "unknown", reason: "there is no node of this name", sources: [] };
    expect(await client.read("n9")).toEqual(unknown);
    await using watching = startWatching({ url: server.url }, "n9");
    expect(await watching.next()).toEqual({ type: "state", record: unknown });
  });

  it("pass on each change of the watched node, and nothing of others", async () => {
    await using server = await serve();
    server.store.set(readyNode("n1"));
    await using watching = startWatching({ url: server.url }, "n1");
    await watching.next();
    server.store.set(leavingNode("n2"));
    server.store.set(readyNode("n1"));
    for (const step of ["leave", "recover", "delete", "return"]) {
      if (step === "leave") server.store.set(leavingNode("n1"));
      else if (step === "delete") server.store.delete("n1");
      else server.store.set(readyNode("n1"));
      await watching.next();
    }
    expect(watching.told).toEqual([
      "state ready",
      "state shutting-down",
      "state ready",
      "state unknown",
      "state ready",
    ]);
  });

  it("pass a change on within 250 ms", async () => {
    await using server = await serve();
    server.store.set(readyNode("n1"));
    await using watching = startWatching({ url: server.url }, "n1");
    await watching.next();
    const changed = performance.now();
    server.store.set(leavingNode("n1"));
    await watching.next();
    expect(performance.now() - changed).toBeLessThan(250);
  });

  it("keep a quiet watch alive by heartbeats", async () => {
    await using server = await serve({ heartbeatMs: 100 });
    await using watching = startWatching({ url: server.url, watchSilenceMs: 500 }, "n1");
    await watching.next();
    await sleep(1500);
    expect(watching.told).toEqual(["state unknown"]);
  });

  it("work below a path of somebody else's", async () => {
    await using server = await serve({ mount: "/internal/crik" });
    server.store.set(readyNode("n1"));
    for (const url of [server.url, `${server.url}/`]) {
      expect(await createNodeStateClient({ url }).read("n1")).toEqual(readyNode("n1"));
      await using watching = startWatching({ url }, "n1");
      expect(await watching.next()).toEqual({ type: "state", record: readyNode("n1") });
    }
  });

  it("let go of each other at the end of a watch", async () => {
    await using server = await serve();
    const client = createNodeStateClient({ url: server.url });
    for await (const event of client.watch("n1", { signal: new AbortController().signal })) {
      expect(event.type).toBe("state");
      expect(server.watches.count).toBe(1);
      break;
    }
    await until(() => server.watches.count === 0, "the watch ends by break");
    const controller = new AbortController();
    const watching = client.watch("n1", { signal: controller.signal })[Symbol.asyncIterator]();
    await watching.next();
    controller.abort();
    expect(await watching.next()).toEqual({ done: true, value: undefined });
    await until(() => server.watches.count === 0, "the watch ends by abort");
  });

  it("say nothing about a node while the server is not ready, and go on when it is", async () => {
    await using server = await serve();
    server.store.set(readyNode("n1"));
    const client = createNodeStateClient({ url: server.url, totalTimeoutMs: 400 });
    await using watching = startWatching({ url: server.url }, "n1");
    await watching.next();
    server.ready = false;
    expect(await watching.next()).toMatchObject({ type: "lost", error: { code: "ERR_NODE_STATE_UNREACHABLE" } });
    await expect(client.read("n1")).rejects.toMatchObject({ code: "ERR_NODE_STATE_HTTP", status: 503 });
    server.store.set(leavingNode("n1"));
    server.ready = true;
    expect(await watching.next()).toEqual({ type: "state", record: leavingNode("n1") });
    expect(watching.told).toEqual(["state ready", "lost ERR_NODE_STATE_UNREACHABLE", "state shutting-down"]);
  });

  it("find each other again after a restart of the server", async () => {
    await using first = await serve();
    first.store.set(readyNode("n1"));
    await using watching = startWatching({ url: first.url }, "n1");
    await watching.next();
    await first[Symbol.asyncDispose]();
    expect(await watching.next()).toMatchObject({ type: "lost", error: { code: "ERR_NODE_STATE_UNREACHABLE" } });
    await sleep(1500);
    await using second = await serve({ port: first.port });
    second.store.set(leavingNode("n1"));
    expect(await watching.next()).toEqual({ type: "state", record: leavingNode("n1") });
    expect(watching.told).toEqual(["state ready", "lost ERR_NODE_STATE_UNREACHABLE", "state shutting-down"]);
  });

  it("part in good order when the server stops", async () => {
    await using server = await serve();
    await using watching = startWatching({ url: server.url }, "n1");
    await watching.next();
    server.http.close();
    server.watches.end();
    expect(await watching.next()).toMatchObject({
      type: "lost",
      error: { message: expect.stringContaining("ended the watch") },
    });
    await until(() => server.watches.count === 0, "all watches are ended");
    expect(server.observations).toContainEqual(expect.objectContaining({ type: "watch-ended", reason: "stopped" }));
  });
});
