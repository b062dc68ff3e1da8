import { readFile } from "node:fs/promises";
import type { OwnCluster } from "../harness/connect.ts";

/** The moments in the life of a container, in milliseconds since the epoch, by the clock of its node. */
export interface ContainerTimes {
  readonly startedAt?: number;
  /** When it was told to end: `STOPSIGNAL`, which is SIGTERM. */
  readonly signalledAt?: number;
  readonly endedAt?: number;
}

/** Reads them from the log of containerd, since a pod's status has whole seconds only. */
export async function containerTimes(cluster: OwnCluster, node: string, containerId: string): Promise<ContainerTimes> {
  return timesOf(await readFile(cluster.node(node).logFile("containerd"), "utf8"), containerId);
}

function timesOf(log: string, id: string): ContainerTimes {
  const lines = log.split("\n").filter((line) => line.includes(id));
  const startedAt = stampOf(lines.find((line) => /msg="StartContainer for .* returns successfully"/.test(line)));
  const signalledAt = stampOf(lines.find((line) => /msg="Stop container .* with signal/.test(line)));
  const [endedAt] = lines.flatMap((line) => {
    const [, seconds, nanos = "0"] = /exited_at:\{seconds:(\d+)(?: +nanos:(\d+))?/.exec(line) ?? [];
    return seconds === undefined ? [] : [Number(seconds) * 1000 + Math.floor(Number(nanos) / 1e6)];
  });
  return {
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(signalledAt === undefined ? {} : { signalledAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

function stampOf(line: string | undefined): number | undefined {
  const stamp = /^time="([^"]+)"/.exec(line ?? "")?.[1];
  return stamp === undefined ? undefined : Date.parse(stamp);
}
