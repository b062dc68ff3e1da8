import { once } from "node:events";
import { createServer } from "node:http";
import { parseConfig } from "@crik/config";
import { describe, expect, it, onTestFinished } from "vitest";
import { createOutput } from "../output.ts";
import { nodeStateOf } from "./node-state.ts";

/** A server that accepts and never answers. */
async function silentServer(): Promise<string> {
  const server = createServer(() => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

describe("the question to the node-state server", () => {
  it("fails soon where there is no answer, however long it may be repeated: an answer before it must not count meanwhile", async () => {
    const text = `imageDir: /c\nnodeStateServerURL: ${await silentServer()}\nnodeName: n\nnodeStateTimeout: 10s`;
    const parsed = await parseConfig(text);
    if (!parsed.ok) throw new Error("the configuration is no good");
    const nobody = { write: () => true };
    const nodeState = nodeStateOf(parsed.config, createOutput({ stdout: nobody, stderr: nobody }));
    const started = performance.now();
    await expect(nodeState?.reader.read("n", { signal: new AbortController().signal })).rejects.toThrow("no answer");
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
