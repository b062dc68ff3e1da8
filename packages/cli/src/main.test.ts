import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";

import { main } from "./main.ts";

async function crik(
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough({ encoding: "utf8" }), new PassThrough({ encoding: "utf8" })];
  const code = await main({ argv, env, stdout, stderr, shrinkMemory: () => {}, signal: AbortSignal.timeout(10_000) });
  return { code, out: stdout.read() ?? "", err: stderr.read() ?? "" };
}

describe("crik", () => {
  it("ends with 64 when it is misused, and says how it is used", async () => {
    expect(await crik(["chekpoints"])).toEqual({
      code: 64,
      out: "",
      err: [
        "crik: error: chekpoints is not a command of crik; did you mean checkpoints?",
        "  the right form: crik COMMAND [OPTIONS]",
        "  more: crik --help",
        "",
      ].join("\n"),
    });
  });

  it("tells a misuse to a log collector in one object", async () => {
    const { code, err } = await crik(["run"], { CRIK_LOG_FORMAT: "json" });
    expect(code).toBe(64);
    expect(JSON.parse(err)).toMatchObject({
      level: "error",
      usage: "crik run [OPTIONS] [--] COMMAND [ARG...]",
      help: "crik run --help",
    });
  });

  it("puts help that was asked for on standard output", async () => {
    const { code, out, err } = await crik(["help", "verify"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^Usage: crik verify/u);
  });
});
