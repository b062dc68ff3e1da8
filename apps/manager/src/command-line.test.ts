import { describe, expect, it } from "vitest";

import { Sources } from "./classify/sources.ts";
import { parseCommandLine } from "./command-line.ts";
import { help } from "./help.ts";

describe("the command line", () => {
  it("may be empty", () => {
    expect(parseCommandLine([])).toMatchObject({ do: "run", command: { debug: false, options: { port: undefined } } });
  });

  it("has the flags of the original, in both forms", () => {
    const argv = ["--port=1", "--metrics-port", "2", "--health-probes-port", "3", "--debug"];
    expect(parseCommandLine(argv)).toMatchObject({
      do: "run",
      command: { debug: true, options: { port: 1, metricsPort: 2, healthProbesPort: 3 } },
    });
  });

  it("switches sources and adds signs, one by one", () => {
    const argv = ["--source", "cordon=off", "--source=maintenance-planned=on", "--shutdown-taint", "a/b"];
    expect(parseCommandLine([...argv, "--shutdown-taint=c", "--shutdown-condition", "D"])).toMatchObject({
      command: {
        options: {
          classify: {
            sources: new Map([
              ["cordon", false],
              ["maintenance-planned", true],
            ]),
            shutdownTaints: ["a/b", "c"],
            shutdownConditions: ["D"],
          },
        },
      },
    });
  });

  it.each([
    [["--port", "70000"], '--port must be a whole number from 0 to 65535, not "70000"'],
    [["--port", "-1"], /--port/u],
    [["--max-watchers", "many"], /--max-watchers must be a whole number/u],
    [["--tls-cert-file", "a"], "--tls-cert-file and --tls-key-file go together"],
    [["--source", "spot=on"], /there is no source "spot"; they are kubelet, karpenter/u],
    [["--source", "cordon=no"], '--source must be cordon=on or cordon=off, not "cordon=no"'],
    [["--source", "cordon"], /--source must be cordon=on/u],
    [["--shutdown-taint", ""], /need a name/u],
    [["--prot", "1"], "Unknown option '--prot'"],
    [["run"], /Unexpected argument 'run'/u],
  ])("%j is told what is wrong with it", (argv, message) => {
    const line = parseCommandLine(argv);
    expect(line).toMatchObject({
      do: "misuse",
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
  });

  it("explains each of its flags and sources", () => {
    const text = help();
    for (const { name } of Sources) expect(text).toContain(`  ${name} `);
    for (const [flag] of text.matchAll(/^ {2}--[a-z-]+/gmu)) {
      expect(parseCommandLine([flag.trim()])).not.toMatchObject({ message: expect.stringContaining("Unknown option") });
    }
  });

  it.each([
    ["--help", "help"],
    ["--version", "version"],
  ])("%s is a question of its own", (flag, answer) => {
    expect(parseCommandLine([flag])).toEqual({ do: answer });
  });
});
