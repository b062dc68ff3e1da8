import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRecord, encodeRecord, isNodeName } from "../src/index.ts";
import { records } from "./arbitraries.ts";
import { asJson, type Description, describeBy } from "./openapi.ts";
import { leavingNode, type RunningServer, readyNode, type ServeOptions, serve } from "./serve.ts";

async function descriptionOf(server: RunningServer): Promise<Description> {
  const answer = await fetch(`${server.url}/openapi.json`);
  return describeBy(asJson(await answer.json()));
}

/** Asks, and holds the answer against the server's own description. */
async function checked(
  description: Description,
  server: RunningServer,
  path: string,
  real: string,
  headers = {},
): Promise<string> {
  const controller = new AbortController();
  const answer = await fetch(server.url + real, { headers, redirect: "manual", signal: controller.signal });
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const body = isStream ? "" : await answer.text();
  controller.abort();
  return description.check(path, answer, body);
}

async function serveNodes(options: ServeOptions = {}): Promise<RunningServer> {
  const server = await serve(options);
  server.store.set(readyNode("n1"));
  server.store.set(leavingNode("n2"));
  return server;
}

/** Each path of the description with one that can be asked for, for a node of this name. */
const paths = (name: string): readonly (readonly [string, string])[] => [
  ["/v1/nodes", "/v1/nodes"],
  ["/v1/nodes/{name}", `/v1/nodes/${name}`],
  ["/v1/nodes/{name}/watch", `/v1/nodes/${name}/watch`],
  ["/nodes/{name}", `/nodes/${name}`],
  ["/node-state", `/node-state?node=${name}`],
  ["/openapi.json", "/openapi.json"],
];

describe("the OpenAPI document", () => {
  it("describes every answer that the server gives, and none that it never gives", async () => {
    await using server = await serveNodes();
    await using locked = await serveNodes({ token: () => "secret" });
    await using full = await serveNodes({ maxWatchers: 0 });
    await using broken = await serveNodes({
      token: () => {
        throw new Error("a mistake");
      },
    });
    const description = await descriptionOf(server);
    const seen = new Set<string>();
    for (const name of ["n1", "n2", "n3", "N4"]) {
      for (const [path, real] of paths(name)) {
        seen.add(await checked(description, server, path, real));
        seen.add(await checked(description, server, path, real, { "If-None-Match": "*" }));
        seen.add(await checked(description, locked, path, real));
        seen.add(await checked(description, broken, path, real));
      }
    }
    seen.add(await checked(description, full, "/v1/nodes/{name}/watch", "/v1/nodes/n1/watch"));
    server.ready = false;
    for (const [path, real] of paths("n1")) seen.add(await checked(description, server, path, real));
    expect([...seen].sort()).toEqual([...description.answers].sort());
  });

  it("has the paths that there are, and everything it refers to", async () => {
    await using server = await serveNodes();
    const text = await (await fetch(`${server.url}/openapi.json`)).text();
    const document = asJson(JSON.parse(text));
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\./u),
      info: { title: expect.any(String), version: "1" },
    });
    for (const [, pointer = ""] of text.matchAll(/"\$ref":"#\/([^"]+)"/gu)) {
      expect(() => pointer.split("/").reduce((at, key) => asJson(at[key]), document), pointer).not.toThrow();
    }
  });

  it("allows the records that the decoder takes, and no others", async () => {
    await using server = await serveNodes();
    const valid = (await descriptionOf(server)).schema("NodeStateRecord");
    const takes = (value: unknown): boolean => {
      try {
        decodeRecord(JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    };
    const odd = fc.oneof(fc.constant(undefined), fc.string(), fc.integer(), fc.constant(null), fc.array(fc.object()));
    const key = fc.constantFrom("name", "state", "reason", "since", "sources", "other");
    fc.assert(
      fc.property(records, key, odd, fc.boolean(), (record, changed, value, change) => {
        const text = JSON.stringify({ ...JSON.parse(encodeRecord(record)), ...(change ? { [changed]: value } : {}) });
        expect(valid(JSON.parse(text)), text).toBe(takes(JSON.parse(text)));
      }),
    );
  });

  it("calls the same names a node's as the rest of the protocol", async () => {
    await using server = await serveNodes();
    const valid = (await descriptionOf(server)).schema("NodeName");
    const name = fc.stringMatching(/^[a-zA-Z0-9.-]{1,12}$/u);
    fc.assert(
      fc.property(name, (text) => {
        expect(valid(text)).toBe(isNodeName(text));
      }),
    );
  });
});
