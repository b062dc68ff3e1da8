import { resolve } from "node:path";
import { ConfigError, loadConfig } from "@crik/config";
import type { ImageDirectoryArgument } from "../command.ts";
import type { CommandContext } from "../context.ts";

/**
 * The directory that a read-only command looks at: the one that was named, otherwise the one that `crik run` would use here.
 *
 * @throws {@link ConfigError} when the configuration cannot be used or names none
 */
export async function imageDirectoryOf(command: ImageDirectoryArgument, context: CommandContext): Promise<string> {
  // Not resolved before it is known: an argument wins over a configuration that may be broken.
  if (command.imageDirectory !== undefined) return resolve(command.imageDirectory);
  const { config, file } = await loadConfig({
    file: command.configFile.path,
    fileMayBeAbsent: !command.configFile.explicit,
    env: context.env,
    signal: context.signal,
  });
  if (config.imageDirectory !== undefined) return config.imageDirectory;
  throw new ConfigError("no image directory is named", {
    code: "ERR_CONFIG_INVALID",
    file,
    hint: "Give it as an argument, as --image-dir, as CRIK_IMAGE_DIR, or as imageDir in the configuration.",
  });
}
