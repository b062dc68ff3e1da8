import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const client = fileURLToPath(new URL("../src/client/index.ts", import.meta.url));

/** Which of Node.js's own modules a program has loaded at its end. */
function loadedBy(program: string): readonly string[] {
  const print = "process.stdout.write(process.moduleLoadList.join('\\n'));";
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", `${program}\n${print}`], {
    encoding: "utf8",
  });
  return output.split("\n").map((name) => name.replace("NativeModule ", ""));
}

describe("a wrapper that has not asked yet", () => {
  it("carries no HTTP and no TLS", () => {
    const loaded = loadedBy(`
      const { createNodeStateClient } = await import(${JSON.stringify(client)});
      createNodeStateClient({ url: "https://server" });`);
    expect(loaded).toContain("fs");
    for (const heavy of ["http", "https", "tls", "_http_client"]) expect(loaded).not.toContain(heavy);
  });

  it("loads them when it asks", () => {
    const loaded = loadedBy(`
      const { createNodeStateClient } = await import(${JSON.stringify(client)});
      await createNodeStateClient({ url: "https://127.0.0.1:1", totalTimeoutMs: 1 }).read("n1").catch(() => {});`);
    expect(loaded).toContain("https");
  });
});

describe("an abort of the caller's", () => {
  it.each([0, 30, 200])("after %i ms leaves nothing that keeps a process alive", (afterMs) => {
    const program = `
      import { createServer } from "node:net";
      const server = createServer(() => {}).listen(0, "127.0.0.1");
      server.unref();
      await new Promise((resolve) => server.once("listening", resolve));
      const { createNodeStateClient } = await import(${JSON.stringify(client)});
      const { read, watch } = createNodeStateClient({ url: "http://127.0.0.1:" + server.address().port, totalTimeoutMs: 60_000, attemptTimeoutMs: 60_000 });
      const controller = new AbortController();
      setTimeout(() => controller.abort("enough"), ${afterMs});
      const error = await read("n1", { signal: controller.signal }).catch((error) => error);
      for await (const event of watch("n1", { signal: controller.signal })) throw new Error(event.type);
      process.stdout.write(error.code + " " + error.cause);`;
    const started = performance.now();
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(output).toBe("ERR_NODE_STATE_ABORTED enough");
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
