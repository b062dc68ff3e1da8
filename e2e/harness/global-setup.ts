import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ensureCriu } from "../../scripts/criu/fetch.ts";
import { ensureKubernetes } from "../api-server/harness/kubernetes.ts";
import { ensureEtcd } from "../api-server/harness/tools.ts";
import { rootfsLayers, rootfsNames } from "./rootfs.ts";
import { ensureRuntime } from "./runtime.ts";
import { sweepDeadRuns } from "./sweep.ts";

/** Fetches and builds what the tests need, before the first of them, so that no test is slow for that reason. */
export async function setup(): Promise<void> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return;
  await sweepDeadRuns();
  if (process.env["CRIK_E2E_BUNDLE"] === undefined) await makeBundle();
  await Promise.all([ensureRuntime("runc"), ensureRuntime("crun"), ensureCriu()]);
  for (const name of rootfsNames) await rootfsLayers(name);
  await ensureEtcd();
  await ensureKubernetes("kube-apiserver");
}

/** Makes the bundle of the working tree; a moment's work when it is up to date. Through npx, since turbo looks for pnpm in the PATH. */
async function makeBundle(): Promise<void> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const child = spawn("npx", ["pnpm", "bundle"], { cwd: root, stdio: "inherit" });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`pnpm bundle ended with status ${code}: without a bundle there is nothing to test`);
}
