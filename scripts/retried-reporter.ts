import type { Reporter, TestCase } from "vitest/node";

/**
 * Tells why a case failed that passed at its second try: the default reporter says only that there was a second one, and a rare failure is understood by its
 * first words or never.
 */
// biome-ignore lint/style/noDefaultExport: this is how Vitest finds a reporter
export default class RetriedReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state !== "passed" || (test.diagnostic()?.retryCount ?? 0) === 0) return;
    for (const error of result.errors ?? []) {
      process.stdout.write(`\ntried again: ${test.fullName}\n${withoutLibraries(error.stack ?? error.message)}\n\n`);
    }
  }
}

function withoutLibraries(stack: string): string {
  return stack
    .split("\n")
    .filter((line) => !line.includes("node_modules"))
    .join("\n");
}
