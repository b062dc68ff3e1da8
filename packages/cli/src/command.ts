import type { FlagOverride } from "@crik/config";

/** Where the configuration is. A default file may be absent, one that was named may not. */
export interface ConfigFile {
  readonly path: string;
  /** Named by `--config` or `CRIK_CONFIG`. */
  readonly explicit: boolean;
}

/** What every command can be told about crik's own lines. */
interface LogFlags {
  /** `--log-format`, otherwise `CRIK_LOG_FORMAT`; the configuration file has no say before it is read. */
  readonly logFormat: "text" | "json" | undefined;
}

/** `crik run`: the container's entry point. */
export interface RunCommand extends LogFlags {
  readonly name: "run";
  /** The application's program and its arguments, untouched. */
  readonly command: readonly [file: string, ...args: string[]];
  readonly configFile: ConfigFile;
  /** `--image-dir`, `--debug`, `--log-level` and `--log-format`, for `loadConfig`. */
  readonly flags: readonly FlagOverride[];
}

/** Which directory the read-only commands look at. */
export interface ImageDirectoryArgument {
  /** The argument or `--image-dir`; `undefined`: as the configuration says. */
  readonly imageDirectory: string | undefined;
  readonly configFile: ConfigFile;
}

/** `crik checkpoints`: what is there. */
export interface CheckpointsCommand extends LogFlags, ImageDirectoryArgument {
  readonly name: "checkpoints";
  readonly json: boolean;
}

/** `crik verify`: recompute the digests. */
export interface VerifyCommand extends LogFlags, ImageDirectoryArgument {
  readonly name: "verify";
  /** Only this generation; `undefined`: every complete one. */
  readonly generation: number | undefined;
  readonly json: boolean;
}

/** `crik install`: the bundle into a folder. */
export interface InstallCommand extends LogFlags {
  readonly name: "install";
  readonly directory: string;
  /** For an application that does not run as root. */
  readonly fileCapabilities: boolean;
}

/** `crik version`. */
export interface VersionCommand extends LogFlags {
  readonly name: "version";
  readonly json: boolean;
}

/** `crik help`, `crik COMMAND --help`, or `crik` alone. */
interface HelpCommand extends LogFlags {
  readonly name: "help";
  readonly topic: CommandName | undefined;
}

/** Everything that can be asked for, told apart by `name`. */
export type Command = RunCommand | CheckpointsCommand | VerifyCommand | InstallCommand | VersionCommand | HelpCommand;

/** In the order in which help shows them. */
export const CommandNames = ["run", "checkpoints", "verify", "install", "version"] as const;
export type CommandName = (typeof CommandNames)[number];

/** A command line that cannot be understood: what, why, and the right form. */
export interface UsageProblem {
  /** One sentence without a full stop. */
  readonly message: string;
  /** What would have been right: `crik run [OPTIONS] -- COMMAND [ARG...]`. */
  readonly usage: string;
  /** Whose help has more; `undefined`: crik's. */
  readonly topic: CommandName | undefined;
}

/** A command, or why there is none. */
export type CommandLine =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly problem: UsageProblem };
