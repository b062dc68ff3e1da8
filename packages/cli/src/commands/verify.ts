import type { VerifyCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { ExitCode } from "../exit-codes.ts";

export async function verify(_command: VerifyCommand, _context: CommandContext): Promise<ExitCode> {
  throw new Error("being written");
}
