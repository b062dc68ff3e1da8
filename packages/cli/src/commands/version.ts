import type { VersionCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { ExitCode } from "../exit-codes.ts";

export async function version(_command: VersionCommand, _context: CommandContext): Promise<ExitCode> {
  throw new Error("being written");
}
