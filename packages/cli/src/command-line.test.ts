import { describe, expect, it } from "vitest";

import type { RunCommand } from "./command.ts";
import { parseCommandLine } from "./command-line.ts";

const shell = (line: string): string[] => (line === "" ? [] : line.split(" "));

function command(line: string, env: Record<string, string> = {}): unknown {
  const parsed = parseCommandLine(shell(line), env);
  return parsed.ok ? parsed.command : `misuse: ${parsed.problem.message}`;
}

function run(line: string, env: Record<string, string> = {}): RunCommand {
  const parsed = parseCommandLine(shell(line), env);
  if (!parsed.ok || parsed.command.name !== "run") throw new Error(`not a run: ${line}`);
  return parsed.command;
}

/** As the person sees it. */
function misuse(line: string): string {
  const parsed = parseCommandLine(line === "''" ? [""] : shell(line), {});
  if (parsed.ok) throw new Error(`understood: ${JSON.stringify(parsed.command)}`);
  return `${parsed.problem.message} | ${parsed.problem.usage}`;
}

describe("crik run", () => {
  it.each([
    ["run -- nginx -g daemon-off", ["nginx", "-g", "daemon-off"]],
    ["run nginx -g daemon-off", ["nginx", "-g", "daemon-off"]],
    ["run nginx --debug", ["nginx", "--debug"]],
    ["run nginx -- --debug", ["nginx", "--", "--debug"]],
    ["run -- -- x", ["--", "x"]],
    ["run --debug -- -weird", ["-weird"]],
    ["run -- /entrypoint.sh --help", ["/entrypoint.sh", "--help"]],
    ["run - x", ["-", "x"]],
  ])("%s gives the application %j", (line, words) => {
    expect(run(line).command).toEqual(words);
  });

  it("takes arguments as they are, empty and odd ones too", () => {
    const parsed = parseCommandLine(["run", "--", "sh", "-c", "", "a b", "\u00e9\n"]);
    expect(parsed).toMatchObject({ command: { command: ["sh", "-c", "", "a b", "\u00e9\n"] } });
  });

  it("looks for its configuration where it is usually mounted, unless told otherwise", () => {
    expect(run("run x").configFile).toEqual({ path: "/etc/crik/config.yaml", explicit: false });
    expect(run("run x", { CRIK_CONFIG: "/v.yaml" }).configFile).toEqual({ path: "/v.yaml", explicit: true });
    expect(run("run x", { CRIK_CONFIG: "" }).configFile.explicit).toBe(false);
    expect(run("run --config /f.yaml x", { CRIK_CONFIG: "/v.yaml" }).configFile).toEqual({
      path: "/f.yaml",
      explicit: true,
    });
    expect(run("run --config-path=/f.yaml x").configFile.path).toBe("/f.yaml");
  });

  it("turns options into keys of the configuration, the last of two counting", () => {
    expect(run("run --image-dir /a --image-dir=/b --debug --log-format json -- x")).toMatchObject({
      logFormat: "json",
      flags: [
        { flag: "--debug", key: "log.level", value: "debug" },
        { flag: "--log-format", key: "log.format", value: "json" },
        { flag: "--image-dir", key: "imageDir", value: "/b" },
      ],
    });
    expect(run("run --debug=true x").flags).toHaveLength(1);
    expect(run("run --debug=false x").flags).toEqual([]);
    expect(run("run x", { CRIK_LOG_FORMAT: "json" })).toMatchObject({ logFormat: "json", flags: [] });
  });
});

describe("the other commands", () => {
  it.each([
    ["checkpoints", { name: "checkpoints", imageDirectory: undefined, json: false }],
    ["checkpoints /c --json", { name: "checkpoints", imageDirectory: "/c", json: true }],
    ["checkpoints --json /c", { name: "checkpoints", imageDirectory: "/c", json: true }],
    ["checkpoints --image-dir /c", { name: "checkpoints", imageDirectory: "/c" }],
    ["checkpoints -- -c", { name: "checkpoints", imageDirectory: "-c" }],
    ["verify /c", { name: "verify", imageDirectory: "/c", generation: undefined }],
    ["verify --generation 7", { name: "verify", generation: 7 }],
    ["install /c", { name: "install", directory: "/c", fileCapabilities: false }],
    ["install /c --file-capabilities", { name: "install", directory: "/c", fileCapabilities: true }],
    ["version", { name: "version", json: false }],
    ["version --json", { name: "version", json: true }],
    ["--version", { name: "version", json: false }],
    ["help", { name: "help", topic: undefined }],
    ["--help", { name: "help", topic: undefined }],
    ["-h", { name: "help", topic: undefined }],
    ["help run", { name: "help", topic: "run" }],
    ["help --help", { name: "help", topic: undefined }],
    ["help -h run", { name: "help", topic: "run" }],
    ["run --help", { name: "help", topic: "run" }],
    ["verify -h --json", { name: "help", topic: "verify" }],
  ])("crik %s is understood", (line, expected) => {
    expect(command(line)).toMatchObject(expected);
  });
});

describe("a misuse says what is wrong and what would be right", () => {
  it.each([
    ["", "no command | crik COMMAND [OPTIONS]"],
    ["''", " is not a command of crik; to run it under crik, put \"run --\" before it | crik run -- ''"],
    ["rnu -- x", "rnu is not a command of crik; did you mean run? | crik COMMAND [OPTIONS]"],
    ["chekpoints", "chekpoints is not a command of crik; did you mean checkpoints? | crik COMMAND [OPTIONS]"],
    ["nginx -g", 'nginx is not a command of crik; to run it under crik, put "run --" before it | crik run -- nginx -g'],
    ["-- nginx", "no command before -- | crik run -- nginx"],
    ["--debug run x", "the option --debug stands before the command | crik COMMAND [OPTIONS]"],
    [
      "run",
      "run was given no command: nothing follows the options. Does the container image have a CMD, or the pod args? | crik run [OPTIONS] [--] COMMAND [ARG...]",
    ],
    [
      "run --",
      "run was given no command: nothing follows the options. Does the container image have a CMD, or the pod args? | crik run [OPTIONS] [--] COMMAND [ARG...]",
    ],
    ["install", "install needs the directory that crik is to be copied into | crik install [OPTIONS] DIRECTORY"],
    ["install /a /b", "/b is one argument too many | crik install [OPTIONS] DIRECTORY"],
    ["run --config", "--config needs a PATH | crik run [OPTIONS] [--] COMMAND [ARG...]"],
    ["run --config -- x", "--config needs a PATH, but -- follows | crik run [OPTIONS] [--] COMMAND [ARG...]"],
    [
      "run --image-dir= x",
      "--image-dir needs a DIR, but an empty word follows | crik run [OPTIONS] [--] COMMAND [ARG...]",
    ],
    [
      "run --imgdir /c x",
      "run has no option --imgdir; did you mean --image-dir? | crik run [OPTIONS] [--] COMMAND [ARG...]",
    ],
    ["run -g x", "run has no option -g. Options of the application come after its name | crik run -- COMMAND -g x"],
    [
      "run --debug=maybe x",
      "--debug takes no value, only --debug, not --debug=maybe | crik run [OPTIONS] [--] COMMAND [ARG...]",
    ],
    [
      "run --log-level loud x",
      '--log-level must be one of debug, info, warn, error, not "loud" | crik run [OPTIONS] [--] COMMAND [ARG...]',
    ],
    [
      "run --log-format xml x",
      '--log-format must be text or json, not "xml" | crik run [OPTIONS] [--] COMMAND [ARG...]',
    ],
    ["checkpoints /a /b", "/b is one argument too many | crik checkpoints [OPTIONS] [IMAGE_DIR]"],
    [
      "checkpoints /a --image-dir /b",
      "two image directories: /a and --image-dir /b | crik checkpoints [OPTIONS] [IMAGE_DIR]",
    ],
    ["verify --generation last", '--generation must be a number, not "last" | crik verify [OPTIONS] [IMAGE_DIR]'],
    ["version now", "now is one argument too many | crik version [--json]"],
    [
      "help me",
      "there is no help about me; crik's commands are run, checkpoints, verify, install, version | crik help [COMMAND]",
    ],
    ["help run fast", "fast is one argument too many | crik help [COMMAND]"],
  ])("crik %s", (line, expected) => {
    expect(misuse(line)).toBe(expected);
  });

  it("of an empty word as command", () => {
    expect(parseCommandLine(["run", "--", ""])).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining("empty word") },
    });
  });
});
