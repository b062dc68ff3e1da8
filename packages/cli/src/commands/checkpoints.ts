import type { CheckpointsCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { ExitCode } from "../exit-codes.ts";

export async function checkpoints(_command: CheckpointsCommand, _context: CommandContext): Promise<ExitCode> {
  throw new Error("being written");
}
