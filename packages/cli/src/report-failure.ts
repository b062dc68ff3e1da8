import type { UsageProblem } from "./command.ts";
import { type ExitCode, ExitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";

/** Says what is wrong with a command line, and the right form. */
export function reportMisuse({ message, usage, topic }: UsageProblem, output: Output): ExitCode {
  const help = ["crik", ...(topic === undefined ? [] : [topic]), "--help"].join(" ");
  if (output.format === "json") {
    output.error({ usage, help }, message);
  } else {
    output.error({}, message);
    output.note(`  the right form: ${usage}\n  more: ${help}`);
  }
  return ExitCodes.usage;
}

/** Prints an error that ended a command, and says what crik ends with. A configuration that is wrong is shown issue by issue. */
export async function reportFailure(error: unknown, output: Output): Promise<ExitCode> {
  // Loaded only now: most runs of crik see no error.
  const { isConfigError } = await import("@crik/config");
  if (isConfigError(error)) {
    const { reportConfigError } = await import("./report-configuration.ts");
    reportConfigError(error, output);
    return ExitCodes.config;
  }
  const failure = error instanceof Error ? error : new Error(String(error));
  // What this project throws on purpose has a code; anything else is a bug, and then the stack is the evidence.
  const stack = "code" in failure ? undefined : failure.stack;
  output.error({ error: failure, stack }, "crik failed");
  return ExitCodes.wrapperFailed;
}
