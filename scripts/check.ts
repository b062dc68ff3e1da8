/** `pnpm check`: all that a pull request needs but the tests. */
import { formatDuration, runSteps, type Step } from "./steps.ts";

export const checks: readonly Step[] = [
  { name: "format and lint", command: ["biome", "check", ".", "--error-on-warnings"] },
  { name: "build", command: ["turbo", "run", "build", "--output-logs=errors-only"] },
  { name: "types", command: ["turbo", "run", "typecheck", "--output-logs=errors-only"] },
  { name: "types of scripts and e2e", command: ["tsc", "-p", "tsconfig.json"] },
  {
    name: "who may import whom",
    command: ["depcruise", "--config", ".dependency-cruiser.mjs", "packages", "apps", "e2e", "scripts", "bench"],
  },
  { name: "unused files, exports and dependencies", command: ["knip"] },
  { name: "the packages as npm's users get them", command: ["node", "scripts/package-check.ts"] },
];

if (import.meta.main) {
  const results = runSteps(checks, { goOn: true });
  process.stdout.write("\n");
  for (const { name, ok, durationMs } of results) {
    process.stdout.write(`${ok ? "ok    " : "FAILED"} ${name} (${formatDuration(durationMs)})\n`);
  }
  process.exitCode = results.every((result) => result.ok) ? 0 : 1;
}
