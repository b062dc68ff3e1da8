import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { encodeRecord, unknownNode } from "../src/index.ts";
import { createNodeStateStore } from "../src/server/index.ts";
import { leavingNode, readyNode, serve } from "./serve.ts";
import { until } from "./watching.ts";

/** The body of an error answer. */
const refusal = (code: string) => ({ error: { code, message: expect.any(String) } });

describe("a node-state server", () => {
  it("answers alike on the paths of the original crik", async () => {
    await using server = await serve();
    server.store.set(leavingNode("n1"));
    const answers = await Promise.all(
      ["/v1/nodes/n1", "/nodes/n1", "/node-state?node=n1"].map((path) => fetch(server.url + path)),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get("etag")).toBe(answers[0]?.headers.get("etag"));
      expect(await answer.text()).toBe(encodeRecord(leavingNode("n1")));
    }
  });

  it("says unknown, with 404, to who only reads the state as the original's client does", async () => {
    await using server = await serve();
    const answer = await fetch(`${server.url}/nodes/n1`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual(unknownNode("n1"));
  });

  it("says 304 as long as nothing changes, and the same tag as every replica", async () => {
    await using server = await serve();
    await using replica = await serve();
    for (const path of ["/v1/nodes/n1", "/v1/nodes"]) {
      for (const { store } of [server, replica]) store.set(readyNode("n1"));
      const first = await fetch(server.url + path);
      const tag = first.headers.get("etag") ?? "";
      expect(tag).toMatch(/^"[\w-]{22}"$/u);
      const again = await fetch(replica.url + path, { headers: { "If-None-Match": `"other", W/${tag}` } });
      expect([again.status, again.headers.get("etag"), await again.text()]).toEqual([304, tag, ""]);
      replica.store.set(leavingNode("n1"));
      const changed = await fetch(replica.url + path, { headers: { "If-None-Match": tag } });
      expect(changed.status).toBe(200);
      expect(changed.headers.get("etag")).not.toBe(tag);
    }
  });

  it("never says 304 for what it no longer knows", async () => {
    await using server = await serve();
    const headers = { "If-None-Match": "*" };
    expect((await fetch(`${server.url}/v1/nodes/n1`, { headers })).status).toBe(404);
    server.store.set(readyNode("n1"));
    server.ready = false;
    expect((await fetch(`${server.url}/v1/nodes/n1`, { headers })).status).toBe(503);
    expect((await fetch(`${server.url}/v1/nodes`, { headers })).status).toBe(503);
  });

  it("answers HEAD with the headers of GET, and opens no watch for it", async () => {
    await using server = await serve();
    server.store.set(readyNode("n1"));
    for (const path of ["/v1/nodes", "/v1/nodes/n1", "/v1/nodes/n2", "/v1/nodes/N", "/openapi.json"]) {
      const [get, head] = await Promise.all([fetch(server.url + path), fetch(server.url + path, { method: "HEAD" })]);
      expect(head.status).toBe(get.status);
      for (const name of ["content-type", "content-length", "etag", "cache-control"]) {
        expect(head.headers.get(name)).toBe(get.headers.get(name));
      }
      expect(await head.text()).toBe("");
    }
    const watch = await fetch(`${server.url}/v1/nodes/n1/watch`, { method: "HEAD" });
    expect([watch.status, await watch.text(), server.watches.count]).toEqual([200, "", 0]);
  });

  it("refuses names that no node can have", async () => {
    await using server = await serve();
    for (const path of [
      "/v1/nodes/N1",
      "/v1/nodes/n1%2Fwatch",
      `/v1/nodes/${"a".repeat(254)}`,
      "/v1/nodes/-/watch",
      "/nodes/n_1",
      "/node-state",
      "/node-state?node=",
      "/node-state?node=a&node=b",
      "/node-state?node[]=a",
    ]) {
      const answer = await fetch(server.url + path);
      expect([path, answer.status, await answer.json()]).toEqual([path, 400, refusal("invalid-name")]);
    }
    const undecodable = await fetch(`${server.url}/v1/nodes/%zz`);
    expect([undecodable.status, await undecodable.json()]).toEqual([400, refusal("bad-request")]);
  });

  it("answers other paths with 404 and other methods with 405, as JSON", async () => {
    await using server = await serve();
    for (const path of ["/", "/v1", "/v1/nodes/", "/v1/nodes/n1/", "/v1/nodes/n1/watch/x", "/V1/nodes", "/metrics"]) {
      const answer = await fetch(server.url + path);
      expect([path, answer.status, await answer.json()]).toEqual([path, 404, refusal("not-found")]);
    }
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      for (const path of [
        "/v1/nodes",
        "/v1/nodes/n1",
        "/v1/nodes/n1/watch",
        "/nodes/n1",
        "/node-state",
        "/openapi.json",
      ]) {
        const answer = await fetch(server.url + path, { method });
        expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
        expect(await answer.json()).toEqual(refusal("method-not-allowed"));
      }
    }
  });

  it("lets nobody in without its token, and nobody at all while it has none", async () => {
    let token: string | undefined = "secret";
    await using server = await serve({ token: () => token });
    server.store.set(readyNode("n1"));
    const status = async (authorization?: string): Promise<number> => {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      const answers = ["/v1/nodes", "/v1/nodes/n1", "/v1/nodes/n1/watch", "/openapi.json", "/x"].map(async (path) => {
        const { status, body } = await fetch(server.url + path, { headers });
        await body?.cancel();
        return path === "/x" && status === 404 ? 200 : status;
      });
      const [first = 0, ...rest] = await Promise.all(answers);
      for (const other of rest) expect(other).toBe(first);
      return first;
    };
    expect(await status("Bearer secret")).toBe(200);
    expect(await status("Bearer other")).toBe(401);
    expect(await status()).toBe(401);
    token = "rotated";
    expect(await status("Bearer secret")).toBe(401);
    expect(await status("Bearer rotated")).toBe(200);
    for (const none of [undefined, ""]) {
      token = none;
      expect(await status("Bearer ")).toBe(401);
      expect(await status("Bearer undefined")).toBe(401);
    }
  });

  it("tells of its requests without their names", async () => {
    await using server = await serve();
    server.store.set(readyNode("n1"));
    const asked = ["/v1/nodes/n1", "/v1/nodes/n2", "/v1/nodes", "/node-state?node=n1", "/x", "/v1/nodes/%zz"];
    for (const path of asked) await (await fetch(server.url + path)).text();
    expect(
      server.observations.map((seen) => (seen.type === "request" ? [seen.method, seen.route, seen.status] : seen)),
    ).toEqual([
      ["GET", "/v1/nodes/:name", 200],
      ["GET", "/v1/nodes/:name", 404],
      ["GET", "/v1/nodes", 200],
      ["GET", "/node-state", 200],
      ["GET", "other", 404],
      ["GET", "other", 400],
    ]);
  });

  it("makes nothing of a mistake in its store but an error, and of one in its observer nothing", async () => {
    const errors: unknown[] = [];
    const mistake = new Error("secrets of the store");
    await using server = await serve({
      store: {
        ...createNodeStateStore(),
        get: () => {
          throw mistake;
        },
      },
      observe: (observation) => {
        if (observation.type === "error") errors.push(observation.error);
        throw new Error("of the observer");
      },
    });
    for (const path of ["/v1/nodes/n1", "/node-state?node=n1"]) {
      const answer = await fetch(server.url + path);
      expect([answer.status, await answer.json()]).toEqual([500, refusal("internal")]);
    }
    expect(errors).toEqual([mistake, mistake]);
  });

  it("is not ready when it cannot tell whether it is, also in the middle of a watch", async () => {
    const state = { broken: false };
    const errors: unknown[] = [];
    await using server = await serve({
      ready: () => {
        if (state.broken) throw new Error("no");
        return true;
      },
      observe: (observation) => {
        if (observation.type === "error") errors.push(observation.error);
      },
    });
    const watch = await fetch(`${server.url}/v1/nodes/n1/watch`);
    state.broken = true;
    expect((await fetch(`${server.url}/v1/nodes/n1`)).status).toBe(503);
    await watch.text();
    expect(errors).toContainEqual(new Error("no"));
  });
});

describe("the watches of a server", () => {
  it("are as many as it allows, and no more", async () => {
    await using server = await serve({ maxWatchers: 2 });
    const open = () => fetch(`${server.url}/v1/nodes/n1/watch`);
    const first = await open();
    await open();
    const refused = await open();
    expect([refused.status, refused.headers.get("retry-after"), await refused.json()]).toEqual([
      503,
      "1",
      refusal("too-many-watchers"),
    ]);
    await first.body?.cancel();
    await until(() => server.watches.count === 1, "a watch has ended");
    expect((await open()).status).toBe(200);
  });

  it("begin with the record, and go on with changes and heartbeats", async () => {
    await using server = await serve({ heartbeatMs: 200 });
    const answer = await fetch(`${server.url}/v1/nodes/n1/watch`);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    let text = "";
    void answer.body?.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write: (piece) => {
          text += piece;
        },
      }),
    );
    const tagOf = async () => (await fetch(`${server.url}/v1/nodes/n1`)).headers.get("etag");
    await until(() => text.includes("\n\n"), "the first event");
    expect(text).toMatch(/^event: state\nid: "[\w-]{22}"\ndata: \{"name":"n1","state":"unknown",.*\}\n\n$/u);
    text = "";
    server.store.set(leavingNode("n1"));
    await until(() => text.includes("\n\n"), "the change");
    expect(text).toBe(`event: state\nid: ${await tagOf()}\ndata: ${encodeRecord(leavingNode("n1"))}\n\n`);
    text = "";
    await sleep(900);
    expect(text).toMatch(/^(:\n\n){2,5}$/u);
    server.watches.end();
  });

  it("are told of at their beginning and at their end", async () => {
    await using server = await serve();
    const controller = new AbortController();
    await fetch(`${server.url}/v1/nodes/n1/watch`, { signal: controller.signal });
    expect(server.observations).toEqual([{ type: "watch-started" }]);
    controller.abort();
    await until(() => server.observations.length === 2, "the watch has ended");
    expect(server.observations[1]).toEqual({ type: "watch-ended", reason: "client", durationMs: expect.any(Number) });
  });

  it("end within a second and a half when the server turns not ready, without an event that came too late", async () => {
    await using server = await serve();
    server.store.set(readyNode("n1"));
    const [quiet, changing] = await Promise.all([
      fetch(`${server.url}/v1/nodes/n2/watch`),
      fetch(`${server.url}/v1/nodes/n1/watch`),
    ]);
    server.ready = false;
    const since = performance.now();
    server.store.set(leavingNode("n1"));
    expect(await changing.text()).not.toContain("shutting-down");
    expect(performance.now() - since).toBeLessThan(300);
    await quiet.text();
    expect(performance.now() - since).toBeLessThan(1500);
    await until(() => server.watches.count === 0, "no watch is left");
    expect(server.observations.filter((seen) => seen.type === "watch-ended").map(({ reason }) => reason)).toEqual([
      "not-ready",
      "not-ready",
    ]);
  });
});
