import { type ConfigError, type ConfigIssue, formatIssue, issuePlace } from "@crik/config";
import type { Output } from "./output.ts";

/** Shows why a configuration cannot be used: every issue, for people with its line and a caret. */
export function reportConfigError(error: ConfigError, output: Output): void {
  if (error.issues.length === 0) {
    output.error({ error }, "no usable configuration");
  } else if (output.format === "json") {
    for (const issue of error.issues) reportIssue(issue, output);
  } else {
    output.error({}, `the configuration${error.file === undefined ? "" : ` ${error.file}`} cannot be used`);
    output.note(error.issues.map((issue) => formatIssue(issue, error.text)).join("\n"));
  }
}

/** Mentions what is odd in a configuration that is used, a line each. */
export function reportConfigWarnings(warnings: readonly ConfigIssue[], output: Output): void {
  for (const warning of warnings) reportIssue(warning, output);
}

function reportIssue(issue: ConfigIssue, output: Output): void {
  const { code, message, suggestion } = issue;
  const say = issue.severity === "error" ? output.error : output.warn;
  say({ at: issuePlace(issue), code, didYouMean: suggestion }, message);
}
