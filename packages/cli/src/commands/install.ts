import { resolve } from "node:path";
import type { InstallCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { CliError } from "../error.ts";
import { type ExitCode, ExitCodes } from "../exit-codes.ts";
import { installBundle } from "../install/install-bundle.ts";
import { createOutput } from "../output.ts";
import { bytesText, printable } from "../text.ts";

/** Copies the bundle that crik runs from into a folder. */
export async function install(command: InstallCommand, context: CommandContext): Promise<ExitCode> {
  const output = createOutput(context, { format: command.logFormat });
  const home = context.env["CRIK_HOME"];
  if (home === undefined) {
    throw new CliError("this crik does not run from a bundle, so there is none that could be installed", {
      code: "ERR_CLI_NO_BUNDLE",
      hint: "Run bin/crik of the bundle: the container image of crik does.",
    });
  }
  const directory = resolve(command.directory);
  const { crik, bytes, wasThere } = await installBundle(home, directory, command);
  output.result(`crik ${crik} ${wasThere ? "was already" : "is now"} in ${printable(directory)} (${bytesText(bytes)})`);
  return ExitCodes.ok;
}
