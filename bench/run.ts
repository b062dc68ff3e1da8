/** `pnpm bench`: measures crik, prints the figures and writes them to docs/benchmarks.md. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rootfsLayers } from "../e2e/harness/rootfs.ts";
import { ensureRuntime } from "../e2e/harness/runtime.ts";
import { sweepDeadRuns } from "../e2e/harness/sweep.ts";
import { ensureCriu } from "../scripts/criu/fetch.ts";
import { measuredBundle } from "./bundle.ts";
import { describeMachine } from "./machine.ts";
import { measureMemory } from "./memory.ts";
import { type Move, measureMove, workloads } from "./moves.ts";
import { report } from "./report.ts";
import { measureStartUp } from "./startup.ts";

const page = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  process.stderr.write(`── ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  return result;
}

async function main(): Promise<void> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Error("the benchmarks start containers: they need Linux and root");
  }
  const bundle = await step("preparing", async () => {
    await sweepDeadRuns();
    await Promise.all([ensureRuntime("runc"), ensureCriu(), rootfsLayers("busybox"), rootfsLayers("debian")]);
    return measuredBundle();
  });
  const started = performance.now();
  const startUp = await step("start-up", () => measureStartUp(bundle.home, 20));
  const memory = await step("memory", () => measureMemory(bundle.home, 3));
  const moves: Move[] = [];
  for (const workload of workloads) moves.push(await step(workload.name, () => measureMove(workload)));
  const durationMs = performance.now() - started;
  const text = report({
    date: new Date(),
    machine: await describeMachine(),
    durationMs,
    bundle,
    memory,
    startUp,
    moves,
  });
  await writeFile(page, text);
  process.stdout.write(text);
}

await main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
