import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLogLine } from "./line.ts";
import { significanceOf } from "./noise.ts";

describe("parseLogLine", () => {
  it("reads an error of CRIU itself, which has no timestamp below -v3", () => {
    expect(parseLogLine("Error (criu/cr-dump.c:1545): Dump files (pid: 10501) failed with -1", 4)).toEqual({
      lineNumber: 4,
      level: "error",
      source: "criu/cr-dump.c:1545",
      text: "Dump files (pid: 10501) failed with -1",
    });
  });

  it("reads a warning, which has two blanks", () => {
    const line = parseLogLine(
      "Warn  (compel/arch/x86/src/lib/infect.c:419): Will restore 1 with interrupted system call",
      1,
    );
    expect(line).toMatchObject({ level: "warn", source: "compel/arch/x86/src/lib/infect.c:419" });
  });

  it("reads a timestamp and the process of a restored task", () => {
    expect(parseLogLine("(00.008181)  31501: Error (criu/timens.c:101): Unable to set", 1)).toEqual({
      lineNumber: 1,
      level: "error",
      elapsedSeconds: 0.008181,
      pid: 31501,
      source: "criu/timens.c:101",
      text: "Unable to set",
    });
  });

  it("reads what the code inside of a task logs", () => {
    const line = parseLogLine("(00.05) pie: 25501: Error (criu/pie/restorer.c:1907): Can't read pages data (-9)", 1);
    expect(line).toMatchObject({ level: "error", pid: 25501, text: "Can't read pages data (-9)" });
  });

  it("takes a timestamp of more than 99 seconds, whose last digit CRIU overwrites", () => {
    expect(parseLogLine("(100.00012) Dumping", 1)).toMatchObject({ elapsedSeconds: 100.00012, text: "Dumping" });
  });

  it("takes any text for a line", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const line = parseLogLine(text, 1);
        expect(text.endsWith(line.text)).toBe(true);
      }),
    );
  });
});

describe("significanceOf", () => {
  it("knows errors of runs that succeed, whatever part of CRIU names itself in front", () => {
    expect(significanceOf("rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted")).toBe("harmless");
    expect(significanceOf("tun: Unable to create tun: No such file or directory")).toBe("harmless");
    expect(significanceOf("Unable to detach from 4000000: No such process")).toBe("harmless");
  });

  it("tells a consequence from a cause", () => {
    expect(significanceOf("Dumping FAILED.")).toBe("consequence");
    expect(significanceOf("Dump files (pid: 10501) failed with -1")).toBe("consequence");
    expect(significanceOf("Can't fork for 9001: File exists")).toBe("cause");
  });
});
