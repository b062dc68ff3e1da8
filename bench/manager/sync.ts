import { readFile } from "node:fs/promises";
import type { ApiServer } from "../../e2e/api-server/harness/api-server.ts";
import { startManagerProcess } from "../../e2e/api-server/manager/manager-process.ts";
import { Samples, type Summary } from "../measurement.ts";

/** What a manager needs for a cluster of one size. */
export interface Sync {
  readonly nodes: number;
  /** From the start of the process until it answers questions, in milliseconds. */
  readonly readyMs: Summary;
  /** The list itself, as the manager logs it, in milliseconds. */
  readonly listMs: Summary;
  /** Resident memory 15 s after that, in MB. */
  readonly residentMegabytes: Summary;
  /** The most that was resident up to then, in MB. */
  readonly peakMegabytes: Summary;
}

/** After the sync, until the memory is looked at: garbage of the list is gone by then. */
const SettleMs = 15_000;

/** Starts a manager, several times, and looks how long it takes and how large it is. */
export async function measureSync(
  server: ApiServer,
  options: { readonly nodes: number; readonly token: string; readonly runs: number },
): Promise<Sync> {
  const samples = new Samples();
  for (let run = 0; run < options.runs; run++) {
    const started = performance.now();
    await using manager = await startManagerProcess(server, { token: options.token });
    await manager.untilReady(120_000);
    samples.add("ready", performance.now() - started);
    const listed = manager.log.find(
      (line) => typeof line["nodes"] === "number" && typeof line["durationMs"] === "number",
    );
    if (listed === undefined || listed["nodes"] !== options.nodes) {
      throw new Error(`the manager listed ${listed?.["nodes"]} nodes of ${options.nodes}`);
    }
    samples.add("list", Number(listed["durationMs"]));
    await new Promise((resolve) => setTimeout(resolve, SettleMs));
    samples.add("resident", await manager.residentMegabytes());
    samples.add("peak", await peakMegabytes(manager.pid));
  }
  return {
    nodes: options.nodes,
    readyMs: samples.summary("ready"),
    listMs: samples.summary("list"),
    residentMegabytes: samples.summary("resident"),
    peakMegabytes: samples.summary("peak"),
  };
}

async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+)/u.exec(status)?.[1]) / 1024;
}
