import type { FlagOverride } from "@crik/config";
import { nearest } from "@crik/config/nearest";

import { type Command, type CommandLine, type CommandName, CommandNames, type ConfigFile } from "./command.ts";
import { optionsOf } from "./command-options.ts";
import type { CommandContext } from "./context.ts";
import { type OptionProblem, type ParsedOptions, parseOptions } from "./options.ts";
import { usages } from "./usages.ts";

/** Where the configuration is looked for when nobody says where. */
const defaultConfigFile = "/etc/crik/config.yaml";

/** Understands a command line. Pure and total: what it does not understand is a problem with the right form beside it. */
export function parseCommandLine(argv: readonly string[], env: CommandContext["env"] = {}): CommandLine {
  const [word, ...rest] = argv;
  if (word === undefined) return misuse("no command", "crik COMMAND [OPTIONS]", undefined);
  if (word === "--help" || word === "-h")
    return { ok: true, command: { name: "help", topic: undefined, logFormat: undefined } };
  if (word === "--version" || word === "-V") return commandLine("version", rest, env);
  if (word === "help") return help(rest);
  if (isCommandName(word)) return commandLine(word, rest, env);
  if (word === "--") return misuse("no command before --", `crik run ${quoted(argv)}`, "run");
  if (word.startsWith("-"))
    return misuse(`the option ${word} stands before the command`, "crik COMMAND [OPTIONS]", undefined);
  const meant = nearest(word, [...CommandNames, "help"]);
  if (meant !== undefined)
    return misuse(`${word} is not a command of crik; did you mean ${meant}?`, "crik COMMAND [OPTIONS]", undefined);
  return misuse(
    `${word} is not a command of crik; to run it under crik, put "run --" before it`,
    `crik run -- ${quoted(argv)}`,
    undefined,
  );
}

function commandLine(name: CommandName, argv: readonly string[], env: CommandContext["env"]): CommandLine {
  const parsed = parseOptions(argv, optionsOf[name], name !== "run");
  if ("problem" in parsed) return optionMisuse(name, parsed, argv);
  const { options, operands } = parsed;
  if (options.has("--help")) return { ok: true, command: { name: "help", topic: name, logFormat: undefined } };
  const logFormat = choice(options, "--log-format", ["text", "json"]);
  if (logFormat === null)
    return misuse(`--log-format must be text or json, not "${options.get("--log-format")}"`, usages[name], name);
  const shared = { logFormat: logFormat ?? logFormatOf(env) };
  if (name === "run") return run(options, operands, env, shared);
  if (name === "version")
    return expectNone(operands, name) ?? { ok: true, command: { name, json: options.has("--json"), ...shared } };
  if (name === "install") return install(options, operands, shared);
  return readOnly(name, options, operands, env, shared);
}

type Shared = Pick<Command, "logFormat">;

function run(
  options: ParsedOptions["options"],
  operands: readonly string[],
  env: CommandContext["env"],
  shared: Shared,
): CommandLine {
  const [file, ...args] = operands;
  if (file === undefined) {
    return misuse(
      "run was given no command: nothing follows the options. Does the container image have a CMD, or the pod args?",
      usages.run,
      "run",
    );
  }
  if (file === "")
    return misuse("the command to run is an empty word, as an unset variable leaves it", usages.run, "run");
  const level = choice(options, "--log-level", ["debug", "info", "warn", "error"]);
  if (level === null)
    return misuse(
      `--log-level must be one of debug, info, warn, error, not "${options.get("--log-level")}"`,
      usages.run,
      "run",
    );
  const flags: FlagOverride[] = [];
  if (options.has("--debug")) flags.push({ flag: "--debug", key: "log.level", value: "debug" });
  for (const [flag, key] of [
    ["--log-level", "log.level"],
    ["--log-format", "log.format"],
    ["--image-dir", "imageDir"],
  ] as const) {
    const value = options.get(flag);
    if (value !== undefined) flags.push({ flag, key, value });
  }
  return {
    ok: true,
    command: { name: "run", command: [file, ...args], configFile: configFile(options, env), flags, ...shared },
  };
}

function install(options: ParsedOptions["options"], operands: readonly string[], shared: Shared): CommandLine {
  const [directory, ...more] = operands;
  if (directory === undefined || directory === "")
    return misuse("install needs the directory that crik is to be copied into", usages.install, "install");
  const fileCapabilities = options.has("--file-capabilities");
  return (
    expectNone(more, "install") ?? { ok: true, command: { name: "install", directory, fileCapabilities, ...shared } }
  );
}

function readOnly(
  name: "checkpoints" | "verify",
  options: ParsedOptions["options"],
  operands: readonly string[],
  env: CommandContext["env"],
  shared: Shared,
): CommandLine {
  const [directory, ...more] = operands;
  const extra = expectNone(more, name);
  if (extra !== undefined) return extra;
  if (directory !== undefined && options.has("--image-dir")) {
    return misuse(
      `two image directories: ${directory} and --image-dir ${options.get("--image-dir")}`,
      usages[name],
      name,
    );
  }
  const imageDirectory = directory ?? options.get("--image-dir");
  const common = { imageDirectory, configFile: configFile(options, env), json: options.has("--json"), ...shared };
  if (name === "checkpoints") return { ok: true, command: { name, ...common } };
  const text = options.get("--generation");
  if (text !== undefined && !/^\d{1,9}$/u.test(text))
    return misuse(`--generation must be a number, not "${text}"`, usages.verify, name);
  return { ok: true, command: { name, generation: text === undefined ? undefined : Number(text), ...common } };
}

function help(argv: readonly string[]): CommandLine {
  const [topic, ...more] = argv.filter((word) => word !== "--help" && word !== "-h");
  if (topic === undefined || isCommandName(topic)) {
    return expectNone(more, undefined) ?? { ok: true, command: { name: "help", topic, logFormat: undefined } };
  }
  return misuse(
    `there is no help about ${topic}; crik's commands are ${CommandNames.join(", ")}`,
    "crik help [COMMAND]",
    undefined,
  );
}

/** A flag, otherwise the variable, otherwise the place where a ConfigMap is usually mounted. */
function configFile(options: ParsedOptions["options"], env: CommandContext["env"]): ConfigFile {
  const path = options.get("--config") ?? (env["CRIK_CONFIG"] || undefined);
  return { path: path ?? defaultConfigFile, explicit: path !== undefined };
}

/** What the variable says before any configuration is read; a wrong word is reported later, by the configuration. */
export function logFormatOf(env: CommandContext["env"]): "text" | "json" | undefined {
  return env["CRIK_LOG_FORMAT"] === "json" ? "json" : undefined;
}

/** The value, `undefined` when the flag was not given, `null` when it is none of the words. */
function choice<Word extends string>(
  options: ParsedOptions["options"],
  flag: string,
  words: readonly Word[],
): Word | undefined | null {
  const value = options.get(flag);
  return value === undefined ? undefined : (words.find((word) => word === value) ?? null);
}

function optionMisuse(
  name: CommandName,
  { problem, option, argument }: OptionProblem,
  argv: readonly string[],
): CommandLine {
  switch (problem) {
    case "unknown": {
      const meant = option.startsWith("--") ? nearest(option, Object.keys(optionsOf[name])) : undefined;
      if (meant !== undefined)
        return misuse(`${name} has no option ${option}; did you mean ${meant}?`, usages[name], name);
      const own = name === "run" ? ". Options of the application come after its name" : "";
      return misuse(
        `${name} has no option ${option}${own}`,
        name === "run" ? `crik run -- COMMAND ${quoted(argv)}` : usages[name],
        name,
      );
    }
    case "value-missing":
      return misuse(
        `${option} needs a ${optionsOf[name][option]}${argument === undefined ? "" : `, but ${argument || "an empty word"} follows`}`,
        usages[name],
        name,
      );
    case "value-unwanted":
      return misuse(`${option} takes no value, only ${option}, not ${option}=${argument}`, usages[name], name);
  }
}

function expectNone(operands: readonly string[], name: CommandName | undefined): CommandLine | undefined {
  if (operands.length === 0) return undefined;
  return misuse(
    `${operands[0]} is one argument too many`,
    name === undefined ? "crik help [COMMAND]" : usages[name],
    name,
  );
}

function misuse(message: string, usage: string, topic: CommandName | undefined): CommandLine {
  return { ok: false, problem: { message, usage, topic } };
}

function isCommandName(word: string): word is CommandName {
  return CommandNames.some((name) => name === word);
}

/** As one would type it into a shell. */
function quoted(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
