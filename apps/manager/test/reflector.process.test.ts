import { describe, expect, it } from "vitest";
import { isApiError } from "../src/api-error.ts";
import type { NodeObject } from "../src/classify/node-object.ts";
import { createFreshness } from "../src/freshness.ts";
import { LongestLineBytes } from "../src/reflector/lines.ts";
import { reflectNodes } from "../src/reflector/reflector.ts";
import type { ReflectorReport } from "../src/reflector/report.ts";
import { type Exchange, listOf, node, type Script, startScriptedApiServer, statusOf } from "./scripted-api-server.ts";
import { until } from "./until.ts";

/** A reflector with a map as its sink, and a server that does what the test says. */
async function reflect(script: Partial<Script>) {
  await using parts = new AsyncDisposableStack();
  const server = parts.use(await startScriptedApiServer(script));
  const end = new AbortController();
  const cordoned = new Map<string, boolean>();
  /** Every change of the map, as text. */
  const history: string[] = [];
  const reports: ReflectorReport[] = [];
  const freshness = createFreshness();
  const done = reflectNodes({
    loadEndpoint: server.loadEndpoint,
    freshness,
    userAgent: "test",
    signal: end.signal,
    report: (report) => reports.push(report),
    sink: {
      applied({ name, unschedulable }: NodeObject) {
        cordoned.set(name, unschedulable);
        history.push(`${name}:${unschedulable ? "cordoned" : "fine"}`);
      },
      deleted(name) {
        cordoned.delete(name);
        history.push(`${name}:gone`);
      },
      listed(names) {
        for (const name of cordoned.keys()) if (!names.has(name)) this.deleted(name);
        history.push("listed");
      },
    },
  });
  parts.defer(async () => {
    end.abort();
    await done;
  });
  const kept = parts.move();
  return {
    server,
    cordoned,
    history,
    reports,
    freshness,
    /** Codes of the failures so far. */
    codes: () =>
      reports.flatMap((report) => (report.type === "failed" && isApiError(report.error) ? [report.error.code] : [])),
    failures: () => reports.filter((report) => report.type === "failed"),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Does one thing the first time, and another one from then on. */
function first(once: (exchange: Exchange) => void, then: (exchange: Exchange) => void): (exchange: Exchange) => void {
  let count = 0;
  return (exchange) => (count++ === 0 ? once : then)(exchange);
}

const good = ({ answer }: Exchange): void => answer(200, listOf("10", [node("a", "1"), node("b", "2")]));
const open = ({ open: begin }: Exchange): void => begin();

describe.concurrent("a reflector", () => {
  it("reads the list page by page, deletes nothing before the end, and watches from the list's moment", async () => {
    await using run = await reflect({
      list: ({ query, answer }) =>
        query.get("continue") === "page-2"
          ? answer(200, listOf("10", [node("b", "2")]))
          : answer(200, listOf("10", [node("a", "1")], "page-2")),
    });
    await until(() => run.server.requests.includes("watch 10"));
    expect(run.server.requests).toEqual(["list", "list page-2", "watch 10"]);
    expect(run.history).toEqual(["a:fine", "b:fine", "listed"]);
  });

  it("begins the list anew when its moment is compacted away between two pages", async () => {
    await using run = await reflect({
      list: first(
        ({ answer }) => answer(200, listOf("10", [node("a", "1")], "page-2")),
        first(({ answer }) => answer(410, statusOf(410, "Expired")), good),
      ),
    });
    await until(() => run.server.requests.includes("watch 10"));
    expect(run.server.requests.slice(0, 3)).toEqual(["list", "list page-2", "list"]);
    expect(run.codes()).toEqual(["ERR_API_EXPIRED"]);
  });

  it("goes on from the last bookmark when a watch has ended after its time, on the same connection", async () => {
    await using run = await reflect({
      watch: first((exchange) => {
        exchange.open();
        exchange.event("BOOKMARK", { metadata: { resourceVersion: "77" } });
        setTimeout(() => exchange.stream.end(), 1200);
      }, open),
    });
    await until(() => run.server.requests.includes("watch 77"));
    expect(run.server.loads).toBe(1);
    expect(run.failures()).toEqual([]);
  });

  it.each([
    [
      "an event of the type ERROR",
      (exchange: Exchange) => {
        exchange.open();
        exchange.event("ERROR", statusOf(410, "Expired", "too old resource version: 10 (20)"));
      },
    ],
    ["its status", ({ answer }: Exchange) => answer(410, statusOf(410, "Expired"))],
  ])(
    "reads the list again after 410 by %s; no state flaps, and who has vanished is gone at its end",
    async (_, watch) => {
      await using run = await reflect({
        list: first(good, ({ answer }) => answer(200, listOf("20", [node("a", "15", true)]))),
        watch: first(watch, open),
      });
      await until(() => run.server.requests.includes("watch 20"));
      expect(run.history).toEqual(["a:fine", "b:fine", "listed", "a:cordoned", "b:gone", "listed"]);
      expect(run.codes()).toEqual(["ERR_API_EXPIRED"]);
    },
  );

  it("reads the list at once when a server that was away for a while no longer has the past", async () => {
    await using run = await reflect({
      watch: first(
        (exchange) => {
          exchange.open();
          setTimeout(() => exchange.session.socket.destroy(), 100);
        },
        first(
          ({ answer }) => answer(503, statusOf(503, "ServiceUnavailable")),
          first(
            ({ answer }) => answer(503, statusOf(503, "ServiceUnavailable")),
            first(({ answer }) => answer(410, statusOf(410, "Expired")), open),
          ),
        ),
      ),
    });
    await until(() => run.history.filter((entry) => entry === "listed").length === 2);
    expect(run.failures()).toMatchObject([
      { error: { code: "ERR_API_UNREACHABLE" }, relist: false },
      { error: { status: 503 }, relist: false },
      { error: { status: 503 }, relist: false },
      { error: { code: "ERR_API_EXPIRED" }, relist: true, retryInMs: 0 },
    ]);
  });

  it.each([
    ["that is no JSON", '{"type":\n'],
    ["of a type that nobody knows", '{"type":"RENAMED","object":{}}\n'],
    ["without a Node", '{"type":"ADDED","object":{}}\n'],
    [
      "of an older version than the one before",
      `${JSON.stringify({ type: "MODIFIED", object: node("a", "9", true) })}\n`,
    ],
    ["that does not end", "x".repeat(LongestLineBytes + 1)],
  ])("reads the list again after an event %s", async (_, text) => {
    await using run = await reflect({
      watch: first((exchange) => {
        exchange.open();
        exchange.write(text);
      }, open),
    });
    await until(() => run.history.filter((entry) => entry === "listed").length === 2);
    expect(run.codes()).toEqual(["ERR_API_PROTOCOL"]);
    expect(run.cordoned.get("a")).toBe(false);
  });

  it("takes an event twice without harm", async () => {
    await using run = await reflect({
      watch: (exchange) => {
        exchange.open();
        exchange.event("MODIFIED", node("a", "11", true));
        exchange.event("MODIFIED", node("a", "11", true));
        exchange.event("DELETED", node("b", "12"));
      },
    });
    await until(() => run.history.includes("b:gone"));
    expect(run.cordoned).toEqual(new Map([["a", true]]));
    expect(run.failures()).toEqual([]);
  });

  it("puts an event together that comes in pieces, in the middle of a letter too", async () => {
    const bytes = Buffer.from(
      `${JSON.stringify({ type: "MODIFIED", object: { ...node("a", "11", true), note: "größer" } })}\n`,
    );
    await using run = await reflect({
      watch(exchange) {
        exchange.open();
        const cut = bytes.indexOf(0xc3) + 1;
        exchange.stream.write(bytes.subarray(0, cut));
        setTimeout(() => exchange.stream.write(bytes.subarray(cut)), 50);
      },
    });
    await until(() => run.cordoned.get("a") === true);
    expect(run.failures()).toEqual([]);
  });

  it("goes on from the last whole event when the connection breaks in the middle of one", async () => {
    await using run = await reflect({
      watch: first((exchange) => {
        exchange.open();
        exchange.event("MODIFIED", node("a", "11", true));
        exchange.write('{"type":"MODIFIED","obj');
        setTimeout(() => exchange.session.socket.destroy(), 100);
      }, open),
    });
    await until(() => run.server.requests.includes("watch 11"));
    expect(run.server.requests.filter((each) => each.startsWith("list"))).toHaveLength(1);
    expect(run.codes()).toEqual(["ERR_API_UNREACHABLE"]);
    expect(run.reports).toContainEqual(expect.objectContaining({ type: "watch-ended", end: "failed" }));
  });

  it("takes half a list for none", async () => {
    await using run = await reflect({
      list: first((exchange) => {
        exchange.open();
        exchange.write('{"metadata":{"resourceVersion":"10"},"items":[');
        setTimeout(() => exchange.session.socket.destroy(), 100);
      }, good),
    });
    await until(() => run.server.requests.includes("watch 10"));
    expect(run.codes()).toEqual(["ERR_API_UNREACHABLE"]);
    expect(run.history).toEqual(["a:fine", "b:fine", "listed"]);
  });

  it("goes to another server at once when this one gives it up (GOAWAY), without a new list", async () => {
    await using run = await reflect({
      watch: first((exchange) => {
        exchange.open();
        exchange.session.goaway();
      }, open),
    });
    await until(() => run.server.loads === 2, 1500);
    await until(() => run.server.requests.filter((each) => each === "watch 10").length === 2);
    expect(run.server.requests.filter((each) => each.startsWith("list"))).toHaveLength(1);
  });

  it("reads its credentials again after 401, at once", async () => {
    await using run = await reflect({
      list: (exchange) =>
        exchange.headers.authorization === "Bearer token-2"
          ? good(exchange)
          : exchange.answer(401, statusOf(401, "Unauthorized")),
    });
    await until(() => run.server.requests.includes("watch 10"), 1000);
    expect(run.failures()).toMatchObject([{ error: { status: 401 }, retryInMs: 0 }]);
  });

  it("leaves a server alone for as long as it asks", async () => {
    await using run = await reflect({
      list: first(({ answer }) => answer(429, statusOf(429, "TooManyRequests"), { "retry-after": "2" }), good),
    });
    await until(() => run.server.requests.includes("watch 10"));
    expect(run.failures()).toMatchObject([{ error: { status: 429 }, retryInMs: 2000 }]);
    expect(run.freshness.ageMs()).toBeLessThan(2000);
  });

  it("does not ask in a tight loop a server that ends each watch at once", async () => {
    await using run = await reflect({
      watch(exchange) {
        exchange.open();
        exchange.stream.end();
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(run.server.requests.filter((each) => each.startsWith("watch")).length).toBeLessThan(10);
    expect(run.codes()).toContain("ERR_API_UNREACHABLE");
  });

  it("connects anew when a probe is not answered, and goes on without a new list", async () => {
    await using run = await reflect({
      probe: first(
        () => {},
        ({ answer }) => answer(200, listOf("1000", [])),
      ),
    });
    await until(() => run.server.loads === 2, 8000);
    expect(run.codes()).toEqual(["ERR_API_TIMEOUT"]);
    await until(() => run.reports.some(({ type }) => type === "probed"), 5000);
    expect(run.server.requests.filter((each) => each.startsWith("list"))).toHaveLength(1);
    expect(run.freshness.ageMs()).toBeLessThan(1000);
  });

  it("reads the list again when the server has gone back in time, as after a restore of etcd", async () => {
    await using run = await reflect({
      list: first(good, ({ answer }) => answer(200, listOf("5", [node("a", "3", true)]))),
      probe: ({ answer }) => answer(200, listOf("5", [])),
    });
    await until(() => run.history.filter((entry) => entry === "listed").length === 2, 6000);
    expect(run.codes()).toEqual(["ERR_API_WENT_BACK"]);
    expect(run.cordoned).toEqual(new Map([["a", true]]));
  });

  it("takes no probe for a proof while half an event has arrived, and gives such a watch up", async () => {
    await using run = await reflect({
      watch: first((exchange) => {
        exchange.open();
        exchange.write('{"type":"MODIFIED","object":');
      }, open),
    });
    await until(() => run.history.includes("listed") && run.freshness.ageMs() > 9000, 12_000);
    expect(run.server.requests.filter((each) => each === "probe").length).toBeGreaterThan(2);
    expect(run.reports.filter(({ type }) => type === "probed")).toEqual([]);
    await until(() => run.reports.some(({ type }) => type === "probed"), 8000);
    expect(run.codes()).toEqual(["ERR_API_TIMEOUT"]);
    expect(run.history.filter((entry) => entry === "listed")).toHaveLength(2);
  });

  it("says that nothing is proven when each watch ends before it could be", async () => {
    await using run = await reflect({
      watch(exchange) {
        exchange.open();
        setTimeout(() => exchange.stream.end(), 1500);
      },
    });
    await until(() => run.failures().length > 0, 12_000);
    expect(run.codes()).toEqual(["ERR_API_TIMEOUT"]);
    expect(run.freshness.ageMs()).toBeGreaterThan(9000);
  });

  it("does not read a list again that took long, because half an event had arrived at the first probe", async () => {
    await using run = await reflect({
      list: (exchange) => void setTimeout(good, 11_000, exchange),
      watch(exchange) {
        const event = `${JSON.stringify({ type: "MODIFIED", object: node("a", "11", true) })}\n`;
        exchange.open();
        exchange.write(event.slice(0, 20));
        setTimeout(() => exchange.write(event.slice(20)), 3000);
      },
    });
    await until(() => run.reports.some(({ type }) => type === "probed"), 20_000);
    expect(run.failures()).toEqual([]);
    expect(run.cordoned.get("a")).toBe(true);
  });

  it("does not end by a mistake in what it feeds; it reads the list again", async () => {
    let isBroken = true;
    await using run = await reflect({
      watch: first((exchange) => {
        exchange.open();
        exchange.event("MODIFIED", node("a", "11", true));
      }, open),
    });
    const set = run.cordoned.set.bind(run.cordoned);
    run.cordoned.set = (name, value) => {
      if (value && isBroken) {
        isBroken = false;
        throw new Error("a mistake");
      }
      return set(name, value);
    };
    await until(() => run.history.filter((entry) => entry === "listed").length === 2);
    expect(run.failures()).toMatchObject([{ error: new Error("a mistake"), relist: true }]);
  });
});
