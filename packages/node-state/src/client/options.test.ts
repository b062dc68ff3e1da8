import { describe, expect, it } from "vitest";
import { createNodeStateClient } from "./client.ts";
import { readOptions } from "./options.ts";

const invalid = expect.objectContaining({ code: "ERR_NODE_STATE_INVALID_OPTION" });

describe("the options of a client", () => {
  it.each([
    ["http://crik-node-state-server:9376", "", "http://crik-node-state-server:9376"],
    ["https://host/", "", "https://host"],
    ["http://host/a/b//", "/a/b", "http://host/a/b"],
    ["http://[::1]:9376", "", "http://[::1]:9376"],
  ])("of %s have the path %j", (url, basePath, shown) => {
    expect(readOptions({ url })).toMatchObject({ basePath, shown });
  });

  it.each([
    [""],
    ["host:9376"],
    ["/v1"],
    ["ftp://host"],
    ["http://user:s3cret@host"],
    ["http://s3cret@host"],
    ["http://host/?token=s3cret"],
    ["http://host/#s3cret"],
    ["http//user:s3cret@host"],
  ])("are refused with the URL %j, and nothing of it is told", (url) => {
    expect(() => readOptions({ url })).toThrow(invalid);
    expect(() => readOptions({ url })).not.toThrow(/s3cret/u);
  });

  it.each([["attemptTimeoutMs"], ["totalTimeoutMs"], ["watchSilenceMs"]])("are refused with an odd %s", (name) => {
    for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
      expect(() => readOptions({ url: "http://host", [name]: ms })).toThrow(
        expect.objectContaining({ message: expect.stringContaining(name) }),
      );
    }
  });

  it("do not help when the node's name is none", async () => {
    const client = createNodeStateClient({ url: "http://127.0.0.1:1" });
    await expect(client.read("")).rejects.toThrow(invalid);
    const watching = client.watch("../n1", { signal: new AbortController().signal })[Symbol.asyncIterator]();
    await expect(watching.next()).rejects.toThrow(invalid);
  });
});
