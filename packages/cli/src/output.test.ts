import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";

import { createOutput, type OutputOptions } from "./output.ts";

function capture(options: OutputOptions = {}): {
  output: ReturnType<typeof createOutput>;
  said: () => { out: string; err: string };
} {
  const [stdout, stderr] = [new PassThrough({ encoding: "utf8" }), new PassThrough({ encoding: "utf8" })];
  const output = createOutput({ stdout, stderr }, { now: () => new Date(0), ...options });
  return { output, said: () => ({ out: stdout.read() ?? "", err: stderr.read() ?? "" }) };
}

describe("what crik says", () => {
  it("goes to standard error, for people", () => {
    const { output, said } = capture();
    output.info({ generation: 3, path: "/a b", nothing: undefined }, "checkpoint committed");
    output.warn({}, "no image directory");
    output.debug({}, "not asked for");
    expect(said()).toEqual({
      out: "",
      err: 'crik: checkpoint committed generation=3 path="/a b"\ncrik: warning: no image directory\n',
    });
  });

  it("or for log collectors, one object a line", () => {
    const { output, said } = capture({ format: "json", level: "debug" });
    output.debug({ pid: 7n }, "first\nsecond");
    const { err } = said();
    expect(err.split("\n")).toHaveLength(2);
    expect(JSON.parse(err)).toEqual({
      time: "1970-01-01T00:00:00.000Z",
      level: "debug",
      logger: "crik",
      message: "first\nsecond",
      pid: 7,
    });
  });

  it("names what happened to log collectors alone, as the sentence tells people", () => {
    const [people, programs] = [capture(), capture({ format: "json" })];
    for (const { output } of [people, programs]) output.info({ event: "restored", generation: 2 }, "it goes on");
    expect(people.said().err).toBe("crik: it goes on generation=2\n");
    expect(JSON.parse(programs.said().err)).toMatchObject({ event: "restored", generation: 2, message: "it goes on" });
  });

  it("keeps its own fields when somebody gives one of the same name", () => {
    const { output, said } = capture({ format: "json" });
    output.info({ level: 9, message: "theirs", time: 0 }, "ours");
    expect(JSON.parse(said().err)).toMatchObject({ level: "info", message: "ours", time: "1970-01-01T00:00:00.000Z" });
  });

  it("shows an error with its hint and its causes, without stacks", () => {
    const { output, said } = capture();
    const root = Object.assign(new Error("disk full"), { code: "ENOSPC" });
    const error = Object.assign(new Error("commit failed", { cause: root }), {
      code: "ERR_STORE_FULL",
      hint: "Make room.",
    });
    output.error({ error, generation: 2 }, "no checkpoint");
    expect(said().err).toBe(
      [
        "crik: error: no checkpoint generation=2",
        "  commit failed (ERR_STORE_FULL)",
        "  hint: Make room.",
        "  caused by: disk full (ENOSPC)",
        "",
      ].join("\n"),
    );
    const json = capture({ format: "json" });
    json.output.error({ error }, "no checkpoint");
    expect(JSON.parse(json.said().err)).toMatchObject({
      error: {
        code: "ERR_STORE_FULL",
        message: "commit failed",
        hint: "Make room.",
        causes: [{ code: "ENOSPC", message: "disk full" }],
      },
    });
  });

  it("shows the evidence that an error of CRIU's carries, with gaps marked", () => {
    const { output, said } = capture();
    const lines = [7, 8, 11].map((lineNumber) => ({ lineNumber, text: `Error ${lineNumber}` }));
    output.error(
      { error: Object.assign(new Error("dump failed"), { log: { file: "dump.log", lines } }) },
      "no checkpoint",
    );
    expect(said().err.split("\n").slice(1, -1)).toEqual([
      "  dump failed",
      "    dump.log:7: Error 7",
      "    dump.log:8: Error 8",
      "    …",
      "    dump.log:11: Error 11",
    ]);
  });

  it("survives an error that is its own cause, and a field that cannot be JSON", () => {
    const { output, said } = capture({ format: "json" });
    const error = new Error("round");
    error.cause = error;
    output.error({ error }, "a");
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    output.info({ cycle }, "b");
    expect(
      said()
        .err.trim()
        .split("\n")
        .map((line) => JSON.parse(line).message),
    ).toEqual(["a", "b"]);
    const text = capture();
    text.output.info({ cycle }, "c");
    expect(text.said().err).toContain("c cycle=");
  });

  it("puts results on standard output", () => {
    const { output, said } = capture({ format: "json" });
    output.result("three\nlines\nhere");
    output.json({ bytes: 2n ** 60n });
    expect(said()).toEqual({ out: 'three\nlines\nhere\n{\n  "bytes": "1152921504606846976"\n}\n', err: "" });
  });
});
