import type { Command } from "./command.ts";
import { logFormatOf, parseCommandLine } from "./command-line.ts";
import type { CommandContext } from "./context.ts";
import { type ExitCode, ExitCodes } from "./exit-codes.ts";
import { createOutput } from "./output.ts";
import { reportFailure, reportMisuse } from "./report-failure.ts";

/**
 * Understands the command line, runs the command and says what it ends with. Never rejects and never calls `process.exit`:
 * an error that escapes a command is printed here, and nowhere else.
 */
export async function main(context: CommandContext): Promise<ExitCode> {
  const line = parseCommandLine(context.argv, context.env);
  if (!line.ok) return reportMisuse(line.problem, createOutput(context, { format: logFormatOf(context.env) }));
  try {
    return await dispatch(line.command, context);
  } catch (error) {
    return reportFailure(error, createOutput(context, { format: line.command.logFormat }));
  }
}

/** Each command is loaded when it is asked for: the wrapper that stays resident must not carry the others. */
async function dispatch(command: Command, context: CommandContext): Promise<ExitCode> {
  switch (command.name) {
    case "run":
      return (await import("./commands/run.ts")).run(command, context);
    case "checkpoints":
      return (await import("./commands/checkpoints.ts")).checkpoints(command, context);
    case "verify":
      return (await import("./commands/verify.ts")).verify(command, context);
    case "install":
      return (await import("./commands/install.ts")).install(command, context);
    case "version":
      return (await import("./commands/version.ts")).version(command, context);
    case "help":
      createOutput(context).result((await import("./help.ts")).help(command.topic));
      return ExitCodes.ok;
  }
}
