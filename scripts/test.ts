/** `pnpm test`: everything that guards the project, real CRIU in real containers and a real Kubernetes included. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checks } from "./check.ts";
import { type LevelReport, readLevelReport } from "./level-report.ts";
import { formatDuration, runSteps } from "./steps.ts";

/** How the tests of one level ended. */
interface Level extends LevelReport {
  readonly name: string;
  readonly durationMs: number;
}

const Levels = [
  { project: "unit", name: "pure" },
  { project: "process", name: "real processes and files" },
  { project: "api-server", name: "a real API server" },
  { project: "e2e", name: "real CRIU in real containers" },
  { project: "cluster", name: "a real Kubernetes" },
] as const;

function runLevel({ project, name }: (typeof Levels)[number], folder: string): Level {
  const report = join(folder, `${project}.json`);
  const [result] = runSteps([
    {
      name: `tests: ${name}`,
      command: [
        "vitest",
        "run",
        "--project",
        project,
        "--reporter=default",
        "--reporter=./scripts/retried-reporter.ts",
        "--reporter=json",
        `--outputFile.json=${report}`,
      ],
    },
  ]);
  const counts = readLevelReport(report);
  // A run that failed without a failed test (a broken set-up, say) still counts as one.
  const failed = counts.failed === 0 && result?.ok !== true ? 1 : counts.failed;
  return { name, ...counts, failed, durationMs: result?.durationMs ?? 0 };
}

// The cluster that a developer works with is none for tests that drain nodes; `pnpm test:cluster` is for those who mean it.
delete process.env["KUBECONFIG"];

const started = performance.now();
const folder = mkdtempSync(join(tmpdir(), "crik-test-"));
const checked = runSteps(checks);
const levels = checked.every((step) => step.ok) ? Levels.map((level) => runLevel(level, folder)) : [];
rmSync(folder, { recursive: true, force: true });

process.stdout.write("\n");
// Told once more at the end, which is all that is kept of a long run in some places.
for (const { file, name, reason } of levels.flatMap((level) => level.failures)) {
  process.stdout.write(`FAILED ${file}${name === "" ? "" : `: ${name}`}\n${reason.replace(/^/gmu, "    ")}\n\n`);
}
for (const { name, ok, durationMs } of checked) {
  process.stdout.write(`${ok ? "ok    " : "FAILED"} ${name} (${formatDuration(durationMs)})\n`);
}
for (const { name, passed, failed, skipped, durationMs } of levels) {
  const state = failed > 0 ? "FAILED" : "ok    ";
  process.stdout.write(
    `${state} ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${formatDuration(durationMs)})\n`,
  );
}
const sum = (count: (level: Level) => number): number => levels.reduce((total, level) => total + count(level), 0);
const skipped = sum((level) => level.skipped);
const failed = sum((level) => level.failed) + checked.filter((step) => !step.ok).length;
// A machine that cannot run a test says so and goes on; CI is there to run them all.
const skippedInCi = process.env["CI"] !== undefined && skipped > 0;
if (skippedInCi) process.stdout.write(`FAILED ${skipped} tests were skipped, and CI must run them all\n`);
if (levels.length === 0) process.stdout.write("the tests were not run, since a check has failed\n");
process.stdout.write(`everything took ${formatDuration(performance.now() - started)}\n`);
process.stdout.write(`${sum((level) => level.passed)} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed > 0 || skippedInCi || levels.length === 0 ? 1 : 0;
