import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type BareOptions, dumpBare, restoreBare, startBare } from "../e2e/harness/bare-criu.ts";
import type { Container } from "../e2e/harness/container.ts";
import { checkpoint, startCrik } from "../e2e/harness/crik.ts";
import type { RootfsName } from "../e2e/harness/rootfs.ts";
import { makeVolume } from "../e2e/harness/volume.ts";
import { Samples, type Summary } from "./measurement.ts";
import { type StartWatch, watchStarts } from "./start-watch.ts";

/** An application that is moved from one container to another. */
export interface Workload {
  readonly name: string;
  readonly rootfs: RootfsName;
  /** Writes `TICK …` every few milliseconds, so that its own pace adds next to nothing to what is measured. */
  readonly command: readonly [string, ...string[]];
  readonly runs: number;
}

/** Milliseconds of one workload. */
export interface Move {
  readonly name: string;
  /** SIGTERM until no process of the container is left. */
  readonly gone: Pair;
  /** PID 1 of the next container is let go until the application's first line. */
  readonly output: { readonly crik: Summary; readonly bare: Summary };
}

/** crik and a shell that runs the same CRIU. */
interface Pair {
  readonly crik: Summary;
  readonly bare: Summary;
  /** The same dumps with an fsync of each image after them, as crik does before it lets the application go. */
  readonly bareSynced: Summary;
}

const Holder = `
import os, sys, time
memory = os.urandom(int(sys.argv[1]) << 20)
number = 0
while True:
    number += 1
    os.write(1, b"TICK memory %d\\n" % number)
    time.sleep(0.005)
`;

function holder(megabytes: number, runs: number): Workload {
  const name = `${megabytes} MB of random memory`;
  return { name, rootfs: "debian", command: ["python3", "-c", Holder, String(megabytes)], runs };
}

/** What is moved. */
export const workloads: readonly Workload[] = [
  { name: "shell counter", rootfs: "busybox", command: ["/programs/counter.sh", "0.005"], runs: 11 },
  holder(64, 7),
  holder(512, 5),
];

/** Moves each workload by crik and by CRIU alone, in turns. */
export async function measureMove({ name, rootfs, command, runs }: Workload): Promise<Move> {
  const samples = new Samples();
  using starts = await watchStarts();
  for (let run = 0; run < runs; run += 1) {
    await moveByCrik({ rootfs, command }, samples, starts);
    await moveBare({ rootfs, command }, samples, starts);
  }
  return {
    name,
    gone: {
      crik: samples.summary("crik gone"),
      bare: samples.summary("bare gone"),
      bareSynced: samples.summary("bare synced"),
    },
    output: { crik: samples.summary("crik output"), bare: samples.summary("bare output") },
  };
}

type Application = Pick<Workload, "rootfs" | "command">;

async function moveByCrik(application: Application, samples: Samples, starts: StartWatch): Promise<void> {
  await using volume = await makeVolume();
  {
    await using first = await startCrik({ ...application, volume });
    await first.stdout.waitForLine(/^TICK \S+ 20$/, 60_000);
    const { timings } = await checkpoint(first);
    samples.add("crik gone", timings.endedAt - (timings.signalledAt ?? Number.NaN));
  }
  await using second = await startCrik({ ...application, volume });
  samples.add("crik output", await firstOutput(second, starts));
}

async function moveBare(application: Application, samples: Samples, starts: StartWatch): Promise<void> {
  await using volume = await makeVolume();
  const options: BareOptions = { ...application, imageDirectory: volume.path };
  await using first = await startBare(options);
  await first.stdout.waitForLine(/^TICK \S+ 20$/, 60_000);
  const dumped = await dumpBare(first, options);
  samples.add("bare gone", dumped.goneMs);
  samples.add("bare synced", dumped.goneMs + (await syncAll(join(volume.path, "images"))));
  await using second = await restoreBare(options, dumped);
  samples.add("bare output", await firstOutput(second, starts));
}

/** Milliseconds until the application's first line; it must go on, not begin again. */
async function firstOutput(box: Container, starts: StartWatch): Promise<number> {
  const [line = ""] = await box.stdout.waitForLine(/^(START|TICK) .*$/, 60_000);
  const heardAt = performance.now();
  if (/^START |^TICK \S+ 1$/.test(line)) throw new Error(`it was started afresh: ${box.stderr.all.join("\n")}`);
  return heardAt - starts.startedAt(box.id);
}

/** Brings the files of a folder to the disk, one after the other; resolves to the milliseconds that it took. */
async function syncAll(directory: string): Promise<number> {
  const started = performance.now();
  for (const name of await readdir(directory)) {
    await using file = await open(join(directory, name));
    await file.sync();
  }
  return performance.now() - started;
}
