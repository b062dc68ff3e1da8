import { spawnSync } from "node:child_process";

/** One step of a longer run: what it is called, and the command that does it. */
export interface Step {
  readonly name: string;
  readonly command: readonly [file: string, ...args: string[]];
}

/** How a step went. */
export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  readonly durationMs: number;
}

/** Runs steps one after the other, each with the terminal to itself; stops at the first that fails unless told to go on. */
export function runSteps(steps: readonly Step[], options: { readonly goOn?: boolean } = {}): readonly StepResult[] {
  const results: StepResult[] = [];
  for (const { name, command } of steps) {
    process.stdout.write(`\n── ${name}\n`);
    const started = performance.now();
    const [file, ...args] = command;
    const { status, error } = spawnSync(file, args, {
      stdio: "inherit",
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
    });
    if (error !== undefined) process.stderr.write(`${name}: ${error.message}\n`);
    results.push({ name, ok: status === 0, durationMs: performance.now() - started });
    if (status !== 0 && options.goOn !== true) break;
  }
  return results;
}

/** `1.2 s`, `3 min 4 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
