import { ensureCriu } from "../../scripts/criu/fetch.ts";
import { rootfsLayers, rootfsNames } from "./rootfs.ts";
import { ensureRuntime } from "./runtime.ts";
import { sweepDeadRuns } from "./sweep.ts";

/** Fetches and builds what the tests need, before the first of them, so that no test is slow for that reason. */
export async function setup(): Promise<void> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return;
  await sweepDeadRuns();
  await Promise.all([ensureRuntime("runc"), ensureRuntime("crun"), ensureCriu()]);
  for (const name of rootfsNames) await rootfsLayers(name);
}
