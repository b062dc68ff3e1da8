import { readFileSync } from "node:fs";
import { relative } from "node:path";

/** A test that failed, or a file that could not be loaded, and the first words of why. */
export interface Failure {
  readonly file: string;
  readonly name: string;
  readonly reason: string;
}

/** What Vitest's JSON report says of one level. */
export interface LevelReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
}

/** The part of Vitest's JSON report that is read here. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

/** The longest reason that is told, in lines: an assertion's own words and the first place in our code. */
const ReasonLines = 6;

/** Reads a level's JSON report; a report that is not there is a level that failed before its first test. */
export function readLevelReport(path: string): LevelReport {
  let report: VitestReport;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const reason = `no report was written: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { passed: 0, failed: 1, skipped: 0, failures: [{ file: path, name: "", reason }] };
  }
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: report.testResults.flatMap(failuresOfFile),
  };
}

function failuresOfFile(result: VitestReport["testResults"][number]): Failure[] {
  const file = relative(process.cwd(), result.name);
  const failed = result.assertionResults
    .filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages }) => ({ file, name: fullName, reason: firstWords(failureMessages ?? []) }));
  if (failed.length > 0 || result.status !== "failed") return failed;
  return [{ file, name: "", reason: firstWords([result.message]) }];
}

function firstWords(messages: readonly string[]): string {
  return messages
    .flatMap((message) => message.split("\n"))
    .filter((line) => line.trim() !== "" && !line.includes("node_modules"))
    .slice(0, ReasonLines)
    .join("\n");
}
