/** A container's process, for tests that kill it or let it race: told what to do by one argument of JSON and by lines on stdin. Runs in both runtimes. */
import { createInterface } from "node:readline";
import { openStore } from "../src/index.ts";
import { contentOf } from "./images.ts";
import { Scenarios } from "./scenarios.ts";

interface Job {
  readonly kind: "scenario" | "race";
  readonly directory: string;
  readonly claimant: string;
  readonly leaseMs: number;
  readonly scenario?: string;
  readonly workDirectory?: string;
  /** Before which step this process is to die; none when there are fewer. */
  readonly dieBefore?: number;
}

const job: Job = JSON.parse(process.argv[2] ?? "{}");
const { directory, claimant, leaseMs } = job;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (job.kind === "scenario") {
  let count = 0;
  const onStep = async (name: string): Promise<void> => {
    if (count++ === job.dieBefore) {
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => {});
    }
    say(`step ${name}`);
  };
  const store = await openStore({ directory, claimant, leaseMs, onStep });
  await Scenarios[job.scenario ?? ""]?.run(store, job.workDirectory ?? "/nonexistent");
  say("done");
} else {
  const store = await openStore({ directory, claimant, leaseMs });
  say("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== "go") break;
    const outcome = await store.claim();
    if (outcome.kind === "claimed") {
      const content = await contentOf(outcome.checkpoint);
      await outcome.checkpoint.consume();
      say(`claimed ${content}`);
    } else say(outcome.kind);
  }
}
process.exit(0);
