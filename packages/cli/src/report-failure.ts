import type { ConfigError } from "@crik/config";

import { type ExitCode, ExitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";

/** Prints an error that ended a command, and says what crik ends with. A configuration that is wrong is shown issue by issue. */
export async function reportFailure(error: unknown, output: Output): Promise<ExitCode> {
  // Loaded only now: most runs of crik see no error, and `crik version` needs no configuration.
  const { isConfigError, formatIssue } = await import("@crik/config");
  if (isConfigError(error)) {
    reportConfigError(error, output, formatIssue);
    return ExitCodes.config;
  }
  const cause = error instanceof Error ? error : new Error(String(error));
  output.error({ error: cause }, "crik failed");
  if (cause.name === "TypeError" || cause.name === "ReferenceError")
    output.debug({ stack: cause.stack }, "this is a bug in crik");
  return ExitCodes.wrapperFailed;
}

function reportConfigError(
  error: ConfigError,
  output: Output,
  formatIssue: typeof import("@crik/config").formatIssue,
): void {
  if (error.issues.length === 0) {
    output.error({ error }, "no usable configuration");
    return;
  }
  if (output.format === "json") {
    for (const issue of error.issues) {
      const { severity, message, ...rest } = issue;
      output[severity === "error" ? "error" : "warn"]({ ...rest }, message);
    }
    return;
  }
  output.error({}, `the configuration${error.file === undefined ? "" : ` ${error.file}`} cannot be used`);
  output.note(error.issues.map((issue) => formatIssue(issue, error.text)).join("\n"), "error");
}
