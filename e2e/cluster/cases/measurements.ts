import { Console } from "node:console";
import { afterAll } from "vitest";
import type { Cluster } from "../harness/connect.ts";
import { containerTimes } from "./container-times.ts";
import type { RunningPod } from "./running-pod.ts";

interface Row {
  readonly case: string;
  readonly "SIGTERM to gone (ms)": number | undefined;
  readonly "started to running again (ms)": number | undefined;
}

/** Keeps the times of one test file's cases, and prints them when all have run. */
export interface Measurements {
  /**
   * Notes how long a pod took to end, and its successor to run again. Nothing on a cluster that is not the harness's, since
   * the log of its container runtime cannot be read.
   */
  record(name: string, from: RunningPod, to?: RunningPod): Promise<void>;
}

/** @param cluster - asked for when there is something to measure: it is there only when the tests run */
export function measure(cluster: () => Cluster): Measurements {
  const rows: Row[] = [];
  afterAll(() => {
    if (rows.length > 0) new Console(process.stdout).table(rows);
  });
  return {
    record: async (name, from, to) => {
      const { own } = cluster();
      if (own === undefined) return;
      const ended = await containerTimes(own, from.node, from.containerId);
      const started = to === undefined ? {} : await containerTimes(own, to.node, to.containerId);
      rows.push({
        case: name,
        "SIGTERM to gone (ms)": difference(ended.signalledAt, ended.endedAt),
        "started to running again (ms)": difference(started.startedAt, to?.log.timeOf(/^(TICK|Count is at|step) /)),
      });
    },
  };
}

function difference(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}
