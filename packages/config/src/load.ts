import { existsSync } from "node:fs";
import { open } from "node:fs/promises";

import type { Config } from "./config.ts";
import { ConfigError } from "./error.ts";
import { evaluate } from "./evaluate.ts";
import type { ConfigIssue } from "./issue.ts";
import type { Environment, FlagOverride } from "./overrides.ts";
import { largestFileBytes, readSource } from "./source.ts";

/** Where the values come from. Later ones win: file, variables, flags. */
export interface LoadConfigOptions {
  /** YAML 1.2 in UTF-8. `undefined`: variables and flags alone. */
  readonly file?: string | undefined;
  /** Go on without the file when it does not exist, as for a default path. @defaultValue `false` */
  readonly fileMayBeAbsent?: boolean | undefined;
  /** Where `CRIK_*` and `KUBERNETES_NODE_NAME` are looked up. @defaultValue `{}`: `process.env` is never read by itself */
  readonly env?: Environment | undefined;
  /** @defaultValue `[]` */
  readonly flags?: readonly FlagOverride[] | undefined;
  /** Ends the reading of the file; the configuration is then not loaded (`ERR_CONFIG_ABORTED`). */
  readonly signal?: AbortSignal | undefined;
}

/** A configuration that can be used. */
export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read; `undefined` when there was none. */
  readonly file: string | undefined;
  /** Its content, for {@link formatIssue}; empty when there was none. */
  readonly text: string;
  readonly warnings: readonly ConfigIssue[];
}

/**
 * Reads, validates and normalises the configuration.
 *
 * @throws {@link ConfigError} `ERR_CONFIG_NOT_FOUND`, `ERR_CONFIG_UNREADABLE` (also: larger than 64 KiB, not UTF-8), `ERR_CONFIG_ABORTED`,
 * or `ERR_CONFIG_INVALID` with every issue, not just the first.
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const text = options.file === undefined ? undefined : await readText(options.file, options);
  const file = text === undefined ? undefined : options.file;
  const source = text === undefined ? undefined : await readSource(text, file);
  const result = evaluate(source, { file, env: options.env, flags: options.flags });
  if (result.ok) return { config: result.config, file, text: text ?? "", warnings: result.warnings };
  const errors = result.issues.filter((issue) => issue.severity === "error");
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  throw new ConfigError(
    `the configuration${file === undefined ? "" : ` ${file}`} cannot be used: ${errors[0]?.message}${more}`,
    {
      code: "ERR_CONFIG_INVALID",
      file,
      issues: result.issues,
      text,
    },
  );
}

async function readText(file: string, options: LoadConfigOptions): Promise<string | undefined> {
  // Looked for synchronously: the usual container has no file, and a runtime's threads for file work would stay with it.
  if (options.fileMayBeAbsent === true && !existsSync(file)) return undefined;
  try {
    options.signal?.throwIfAborted();
    await using handle = await open(file, "r");
    const buffer = new Uint8Array(largestFileBytes + 1);
    let length = 0;
    for (let bytesRead = -1; bytesRead !== 0 && length < buffer.length; length += bytesRead) {
      options.signal?.throwIfAborted();
      ({ bytesRead } = await handle.read(buffer, length, buffer.length - length));
    }
    if (length > largestFileBytes) {
      throw new ConfigError(`the configuration ${file} is larger than ${largestFileBytes / 1024} KiB`, {
        code: "ERR_CONFIG_UNREADABLE",
        file,
        hint: "Is it the right file?",
      });
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, length));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if ((code === "ENOENT" || code === "ENOTDIR") && options.fileMayBeAbsent === true) return undefined;
    throw readFailure(file, code, error, options.signal?.aborted === true);
  }
}

function readFailure(file: string, code: unknown, cause: unknown, aborted: boolean): ConfigError {
  if (aborted)
    return new ConfigError(`reading the configuration ${file} was cancelled`, {
      code: "ERR_CONFIG_ABORTED",
      file,
      cause,
    });
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new ConfigError(`there is no configuration file ${file}`, {
        code: "ERR_CONFIG_NOT_FOUND",
        file,
        hint: "Is the ConfigMap mounted there? Without --config crik looks for /etc/crik/config.yaml and does without it when it is absent.",
        cause,
      });
    case "EISDIR":
      return new ConfigError(`the configuration ${file} is a directory`, {
        code: "ERR_CONFIG_UNREADABLE",
        file,
        hint: `A ConfigMap is mounted as a directory: name the file in it, such as ${file.replace(/\/$/u, "")}/config.yaml.`,
        cause,
      });
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return new ConfigError(`the configuration ${file} is not UTF-8 text`, {
        code: "ERR_CONFIG_UNREADABLE",
        file,
        cause,
      });
    default:
      return new ConfigError(
        `the configuration ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          code: "ERR_CONFIG_UNREADABLE",
          file,
          hint:
            code === "EACCES"
              ? "Does the container's user may read it? ConfigMap volumes have a defaultMode."
              : undefined,
          cause,
        },
      );
  }
}
