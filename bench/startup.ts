import { startContainer } from "../e2e/harness/container.ts";
import type { Mount } from "../e2e/harness/spec.ts";
import { makeVolume } from "../e2e/harness/volume.ts";
import { Samples, type Summary } from "./measurement.ts";
import { compileStamp, type Stamp, stampsOf } from "./stamp.ts";

/** Milliseconds from the exec of crik as PID 1. */
interface StartUp {
  /** To the first instruction of crik's first child. */
  readonly firstChild: Summary;
  readonly application: Summary;
}

/** What a fresh start costs. */
export interface StartUps {
  readonly without: StartUp;
  readonly with: StartUp;
  /** From one program to the one that it becomes by exec: what the measuring itself costs. */
  readonly bare: Summary;
}

/**
 * Measures fresh starts. PID 1 is a stamp that becomes crik, and the application is a stamp. In runs of their own, so
 * that it does not delay the application of the others, crik-init is a stamp too that becomes the real one.
 */
export async function measureStartUp(home: string, runs: number): Promise<StartUps> {
  const stamp = await compileStamp();
  const samples = new Samples();
  const start = async (command: readonly string[], mounts: readonly Mount[]): Promise<readonly Stamp[]> => {
    await using box = await startContainer({
      rootfs: "busybox",
      command: ["/bench/stamp", ...command],
      mounts: [{ from: stamp, to: "/bench/stamp", readonly: true }, ...mounts],
    });
    const { code } = await box.exited;
    const stamps = stampsOf(box.stderr.all);
    if (code !== 0) throw new Error(`a start ended with status ${code}: ${box.stderr.all.join("\n")}`);
    return stamps;
  };
  await using volume = await makeVolume();
  const crik = { from: home, to: "/opt/crik", readonly: true };
  const stampedInit = [
    { from: stamp, to: "/opt/crik/libexec/crik-init", readonly: true },
    { from: `${home}/libexec/crik-init`, to: "/bench/crik-init", readonly: true },
  ];
  const cases = [
    { name: "without", directory: [], mounts: [crik] },
    { name: "with", directory: ["--image-dir", "/ckpt"], mounts: [crik, { from: volume.path, to: "/ckpt" }] },
  ] as const;
  for (let run = 0; run < runs; run += 1) {
    for (const { name, directory, mounts } of cases) {
      const command = ["/opt/crik/bin/crik", "run", ...directory, "--", "/bench/stamp"];
      samples.add(`${name} application`, sinceFirst(await start(command, mounts), -1));
      samples.add(`${name} first child`, sinceFirst(await start(command, [...mounts, ...stampedInit]), 1));
    }
    samples.add("bare", sinceFirst(await start(["/bench/stamp"], []), -1));
  }
  const startUp = (name: string): StartUp => ({
    firstChild: samples.summary(`${name} first child`),
    application: samples.summary(`${name} application`),
  });
  return {
    without: startUp("without"),
    with: startUp("with"),
    bare: samples.summary("bare"),
  };
}

function sinceFirst(stamps: readonly Stamp[], index: number): number {
  const [first, later] = [stamps[0], stamps.at(index)];
  if (first === undefined || later === undefined || later === first) throw new Error("a program did not start");
  return later.ms - first.ms;
}
