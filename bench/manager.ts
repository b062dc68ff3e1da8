/** `pnpm bench:manager`: measures the manager on a real API server, prints the figures and writes them to docs/benchmarks-manager.md. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startApiServer } from "../e2e/api-server/harness/api-server.ts";
import { createNodes } from "../e2e/api-server/harness/nodes.ts";
import { createManagerAccount } from "../e2e/api-server/manager/service-account.ts";
import { describeMachine } from "./machine.ts";
import { type Load, measureLoad } from "./manager/load.ts";
import { report } from "./manager/report.ts";
import { measureSync, type Sync } from "./manager/sync.ts";

const page = fileURLToPath(new URL("../docs/benchmarks-manager.md", import.meta.url));

/** Clusters that are measured: a small one, a large one, and the largest that Kubernetes supports three times over. */
const sizes = [100, 5_000, 15_000] as const;

/** Names `worker-00000`, … */
function names(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, index) => `worker-${String(from + index).padStart(5, "0")}`);
}

function progress(text: string): void {
  process.stderr.write(`── ${text}\n`);
}

async function main(): Promise<void> {
  const started = performance.now();
  await using server = await startApiServer();
  const account = await createManagerAccount(server);
  const syncs: Sync[] = [];
  const loads: Load[] = [];
  let made = 0;
  for (const size of sizes) {
    progress(`making ${size} nodes`);
    await createNodes(server, names(made, size));
    made = size;
    progress(`syncing ${size} nodes`);
    syncs.push(await measureSync(server, { nodes: size, token: await account.token(), runs: 3 }));
    if (size !== 5_000) continue;
    for (const load of [
      { watchers: 0, updatesPerSecond: 0 },
      { watchers: 1_000, updatesPerSecond: 0 },
      { watchers: 1_000, updatesPerSecond: 50 },
    ]) {
      progress(`asking with ${load.watchers} watchers and ${load.updatesPerSecond} updates a second`);
      loads.push(await measureLoad(server, { ...load, nodes: names(0, size), token: await account.token() }));
    }
  }
  const durationMs = performance.now() - started;
  const text = report({ date: new Date(), machine: await describeMachine(), durationMs, syncs, loads });
  await writeFile(page, text);
  process.stdout.write(text);
}

await main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
