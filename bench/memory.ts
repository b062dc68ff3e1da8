import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { bridgeInto } from "../e2e/harness/bridge.ts";
import { type Container, startContainer } from "../e2e/harness/container.ts";
import type { Mount } from "../e2e/harness/spec.ts";
import { makeVolume } from "../e2e/harness/volume.ts";
import { Samples, type Summary } from "./measurement.ts";
import { serveNodeState } from "./node-state-server.ts";

/** The parts of crik that stay beside an application: launcher, JavaScript part, and init (with the keeper, after a restore). */
export const residentParts = ["launcher", "crik-core", "crik-init"] as const;

/** The lives in which they are looked at. */
export const residentCases = ["no image directory", "fresh start", "following its node", "after a restore"] as const;

type ResidentPart = (typeof residentParts)[number];
type ResidentCase = (typeof residentCases)[number];

/** What one part costs while the application runs; kilobytes of 1024. */
export interface Resident {
  /** Memory that no file backs and nobody shares: the node cannot take it back. */
  readonly anonymous: Summary;
  readonly privateDirty: Summary;
  /** With pages of files, which all containers of a node have in common. */
  readonly resident: Summary;
  readonly threads: Summary;
}

/** How long the application has run when crik is looked at, in milliseconds: what only a start needs is given back by then. */
const settleMs = 2_000;

/** Measures what crik keeps in memory while it supervises `sleep`. */
export async function measureMemory(
  home: string,
  runs: number,
): Promise<(life: ResidentCase, part: ResidentPart) => Resident> {
  const samples = new Samples();
  for (let run = 0; run < runs; run += 1) await measureLives(home, samples);
  return (life, part) => ({
    anonymous: samples.summary(`${life} ${part} Anonymous`),
    privateDirty: samples.summary(`${life} ${part} Private_Dirty`),
    resident: samples.summary(`${life} ${part} Rss`),
    threads: samples.summary(`${life} ${part} threads`),
  });
}

async function measureLives(home: string, samples: Samples): Promise<void> {
  await using volume = await makeVolume();
  await using own = await makeVolume();
  const start = (
    directory: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Container> => {
    const mounts: readonly Mount[] = [
      { from: home, to: "/opt/crik", readonly: true },
      { from: volume.path, to: "/ckpt" },
      { from: own.path, to: "/own-ckpt" },
    ];
    const crik = ["run", ...directory, "--", "sleep", "1000"];
    // Debian's sleep: a restored busybox's takes its interrupted system call for the end of its time.
    return startContainer({ rootfs: "debian", mounts, environment, command: ["/opt/crik/bin/crik", ...crik] });
  };
  const directory = ["--image-dir", "/ckpt"];
  // Side by side: how much memory something takes does not depend on how busy the machine is.
  await using alone = await start([]);
  await using fresh = await start(directory);
  await using server = await serveNodeState("worker-1");
  await using following = await start(["--image-dir", "/own-ckpt"], {
    CRIK_NODE_STATE_SERVER_URL: "http://127.0.0.1:9376",
    CRIK_NODE_STATE_WATCH: "true",
    KUBERNETES_NODE_NAME: "worker-1",
  });
  await using _bridge = await bridgeInto(following, { inside: 9376, host: server.port });
  await following.stderr.waitForLine(/^crik: the node is ready/);
  await sleep(settleMs);
  look(alone, "no image directory", samples);
  look(fresh, "fresh start", samples);
  look(following, "following its node", samples);
  fresh.signal("SIGTERM");
  await fresh.exited;
  await using restored = await start(directory);
  await restored.stderr.waitForLine(/^crik: restored /);
  await sleep(settleMs);
  look(restored, "after a restore", samples);
}

function look(box: Container, life: ResidentCase, samples: Samples): void {
  const [core] = childrenOf(box.pid);
  const inits = core === undefined ? [] : descendantsOf(core).filter((pid) => nameOf(pid).startsWith("crik-init"));
  if (core === undefined || inits.length === 0) throw new Error(`crik does not run: ${box.stderr.all.join("\n")}`);
  const parts = { launcher: [box.pid], "crik-core": [core], "crik-init": inits } as const;
  for (const part of residentParts) {
    for (const field of ["Anonymous", "Private_Dirty", "Rss"] as const) {
      samples.add(
        `${life} ${part} ${field}`,
        sum(parts[part].map((pid) => numberAfter(`/proc/${pid}/smaps_rollup`, field))),
      );
    }
    samples.add(
      `${life} ${part} threads`,
      sum(parts[part].map((pid) => numberAfter(`/proc/${pid}/status`, "Threads"))),
    );
  }
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, "utf8");
}

function numberAfter(path: string, field: string): number {
  const [, number] = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync(path, "utf8")) ?? [];
  if (number === undefined) throw new Error(`${path} does not tell ${field}`);
  return Number(number);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
