import type { RunCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { ExitCode } from "../exit-codes.ts";

/** Runs the application under crik. */
export async function run(command: RunCommand, _context: CommandContext): Promise<ExitCode> {
  throw new Error(`running ${command.command[0]} is being written`);
}
