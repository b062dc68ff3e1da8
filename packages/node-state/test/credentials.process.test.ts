import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Server as TlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NodeStateClientOptions } from "../src/client/index.ts";
import { ask } from "./ask.ts";
import { createAuthority, type Identity, issue } from "./certificates.ts";
import { misbehave } from "./hostile.ts";
import { runtimes } from "./runtimes.ts";
import { leavingNode, readyNode, type ServeOptions, serve } from "./serve.ts";
import { startWatching, until } from "./watching.ts";

const directory = mkdtempSync(join(tmpdir(), "crik-node-state-"));
const caFile = join(directory, "ca.crt");
const otherCaFile = join(directory, "other.crt");
let authority: Identity;
let other: Identity;

beforeAll(async () => {
  [authority, other] = await Promise.all([createAuthority("one"), createAuthority("other")]);
  writeFileSync(caFile, authority.cert);
  writeFileSync(otherCaFile, other.cert);
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A file of this name with this content. */
function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** What fails here fails at once and is tried again until this is over; but a first handshake may take half a second on a machine that is busy. */
const Limits = { attemptTimeoutMs: 5000, totalTimeoutMs: 2000 };

async function serveNode(options: ServeOptions = {}): ReturnType<typeof serve> {
  const server = await serve(options);
  server.store.set(leavingNode("n1"));
  return server;
}

describe.each(runtimes)("the TLS of a client under $name", ({ ask }) => {
  const read = (options: NodeStateClientOptions) => ask({ options: { ...Limits, ...options }, node: "n1" });

  it("takes a certificate of the authority in the CA file", async () => {
    await using server = await serveNode({ tls: await issue(authority) });
    const options = { url: server.url, caFile };
    expect(await ask({ options, node: "n1" })).toMatchObject({ told: ["state shutting-down"] });
    expect(await ask({ options, node: "n1", watchEvents: 1 })).toMatchObject({ told: ["state shutting-down"] });
  });

  it("refuses one of another authority, whatever NODE_TLS_REJECT_UNAUTHORIZED says", async () => {
    await using server = await serveNode({ tls: await issue(authority) });
    const expected = { code: "ERR_NODE_STATE_UNREACHABLE", hint: expect.stringContaining("CA file") };
    expect(await read({ url: server.url, caFile: otherCaFile })).toMatchObject({ told: [], error: expected });
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      expect(await read({ url: server.url, caFile: otherCaFile })).toMatchObject({ told: [], error: expected });
      expect(await read({ url: server.url })).toMatchObject({ told: [], error: expected });
    } finally {
      delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    }
    expect(server.observations).toEqual([]);
  });

  it("refuses one of another host", async () => {
    await using server = await serveNode({ tls: await issue(authority, { host: "another.example.com" }) });
    const { error } = await read({ url: server.url, caFile });
    expect(error).toMatchObject({ code: "ERR_NODE_STATE_UNREACHABLE", hint: expect.stringContaining("another host") });
  });

  it("refuses one whose time is over", async () => {
    await using server = await serveNode({ tls: await issue(authority, { expired: true }) });
    const { error } = await read({ url: server.url, caFile });
    expect(error).toMatchObject({ code: "ERR_NODE_STATE_UNREACHABLE", hint: expect.stringContaining("clock") });
  });

  it("asks whether a server without TLS was meant", async () => {
    await using server = await serveNode();
    const { error } = await read({ url: server.url.replace("http:", "https:"), caFile });
    expect(error).toMatchObject({
      code: "ERR_NODE_STATE_UNREACHABLE",
      hint: expect.stringContaining("http, not https"),
    });
  });

  it("does not take a CA file without a certificate for none", async () => {
    await using server = await serveNode({ tls: await issue(authority) });
    for (const useless of [file("empty.crt", ""), file("key.crt", authority.key), join(directory, "missing.crt")]) {
      const { error } = await read({ url: server.url, caFile: useless });
      expect(error).toMatchObject({ code: "ERR_NODE_STATE_FILE", message: expect.stringContaining(useless) });
    }
    expect(server.observations).toEqual([]);
  });

  it("is of the token's file as well: no token, no answer, and no word of it in the error", async () => {
    await using server = await serveNode({ token: () => "s3cret-of-today" });
    const good = file("good", "s3cret-of-today\n");
    expect(await read({ url: server.url, tokenFile: good })).toMatchObject({ told: ["state shutting-down"] });
    for (const tokenFile of [undefined, file("old", "s3cret-of-yesterday")]) {
      const { error } = await read({ url: server.url, tokenFile });
      expect(error).toMatchObject({ code: "ERR_NODE_STATE_HTTP", status: 401 });
      expect(JSON.stringify(error)).not.toContain("s3cret");
    }
    for (const content of ["", "s3cret\ns3cret", "s3crét"]) {
      const { error } = await read({ url: server.url, tokenFile: file("bad", content) });
      expect(error).toMatchObject({ code: "ERR_NODE_STATE_FILE" });
      expect(JSON.stringify(error)).not.toContain("s3cr");
    }
  });
});

describe.each(runtimes)("a proxy of the environment, under $name,", ({ ask }) => {
  it("is not used: the server is in the cluster", async () => {
    await using proxy = await misbehave(() => {});
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: proxy.url, http_proxy: proxy.url, NODE_USE_ENV_PROXY: "1" });
    try {
      const { error } = await ask({ options: { url: "http://nowhere.invalid", attemptTimeoutMs: 5000 }, node: "n1" });
      expect(error).toMatchObject({ code: "ERR_NODE_STATE_UNREACHABLE" });
    } finally {
      process.env = before;
    }
    expect(proxy.connections).toBe(0);
  });
});

describe("files that are replaced", () => {
  it("are read anew at each connection: a new authority", async () => {
    await using server = await serveNode({ tls: await issue(authority) });
    const rotated = file("rotated.crt", authority.cert);
    const options = { url: server.url, caFile: rotated };
    await using watching = startWatching(options, "n1");
    await watching.next();
    if (!(server.http instanceof TlsServer)) throw new Error("this is a server with TLS");
    server.http.setSecureContext(await issue(other));
    server.watches.end();
    expect(await watching.next()).toMatchObject({ type: "lost" });
    writeFileSync(rotated, other.cert);
    server.store.set(readyNode("n1"));
    expect(await watching.next()).toEqual({ type: "state", record: readyNode("n1") });
  });

  it("are read anew at each connection: a new token", async () => {
    let token = "of-monday";
    await using server = await serveNode({ token: () => token });
    const tokenFile = file("token", token);
    await using watching = startWatching({ url: server.url, tokenFile }, "n1");
    await watching.next();
    token = "of-tuesday";
    server.watches.end();
    expect(await watching.next()).toMatchObject({ type: "lost" });
    const refused = (): boolean => server.observations.some((seen) => seen.type === "request" && seen.status === 401);
    await until(refused, "the old token is refused");
    writeFileSync(tokenFile, token);
    expect(await watching.next()).toEqual({ type: "state", record: leavingNode("n1") });
  });

  it("may be late", async () => {
    await using server = await serveNode({ token: () => "late" });
    const tokenFile = join(directory, "late");
    setTimeout(writeFileSync, 300, tokenFile, "late");
    expect(await ask({ options: { url: server.url, tokenFile }, node: "n1" })).toMatchObject({
      told: ["state shutting-down"],
    });
  });

  it("are waited for no longer than everything else", async () => {
    // A fifo that nobody writes to: reading it never ends, like a file on a dead mount.
    const tokenFile = join(directory, "fifo");
    execFileSync("mkfifo", [tokenFile]);
    await using server = await misbehave(() => {});
    const options = { url: server.url, tokenFile, attemptTimeoutMs: 200, totalTimeoutMs: 500 };
    const outcome = await ask({ options, node: "n1" });
    writeFileSync(tokenFile, "", { flag: "r+" });
    expect(outcome).toMatchObject({ error: { code: "ERR_NODE_STATE_TIMEOUT" } });
    expect(outcome.durationMs).toBeLessThan(700);
    expect(server.connections).toBe(0);
  });
});
