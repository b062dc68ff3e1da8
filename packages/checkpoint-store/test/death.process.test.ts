import { readdirSync, readFileSync, renameSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatGenerationName, parseGenerationName } from "../src/generation-name.ts";
import { type CheckpointStore, openStore } from "../src/index.ts";
import { LeaseMs, makeFiles, scratch, storeWith } from "./harness.ts";
import { contentOf } from "./images.ts";
import { type Scenario, Scenarios } from "./scenarios.ts";
import { startChild } from "./start-child.ts";

const End = "after the last step";

/** What the README promises for each step of a life. */
function promisesOf(name: string): ReadonlyMap<string, string> {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const rows = readme.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  return new Map(
    rows.flatMap(([, life, steps = "", , found = ""]) =>
      life === name
        ? [...steps.matchAll(/`([^`]+)`|(after the last step)/g)].map(
            ([, step, end]) => [step ?? end ?? "", found] as const,
          )
        : [],
    ),
  );
}

/** Steps of one life, by a run that nothing interrupts. */
async function stepsOf(name: string, scenario: Scenario): Promise<readonly string[]> {
  const { lines } = await live(name, scenario, undefined);
  expect(lines.at(-1)).toBe("done");
  return lines.flatMap((line) => (line.startsWith("step ") ? [line.slice(5)] : []));
}

async function live(name: string, scenario: Scenario, dieBefore: number | undefined) {
  const directory = join(scratch(), "images");
  const workDirectory = scratch();
  await makeFiles(workDirectory, { file: "carried" });
  await storeWith(directory, scenario.before, workDirectory);
  if (scenario.claimedBefore === true) claimByTheDead(directory, scenario.before.length);
  const job = {
    kind: "scenario",
    scenario: name,
    directory,
    claimant: "mortal-00000001",
    leaseMs: LeaseMs,
    dieBefore,
    workDirectory,
  };
  const end = await startChild(job).ended();
  return { directory, ...end };
}

function claimByTheDead(directory: string, number: number): void {
  const name = (state: "complete" | "restoring") =>
    join(
      directory,
      formatGenerationName({ number, state, ...(state === "restoring" && { claimant: "dead-00000001" }) }),
    );
  renameSync(name("complete"), name("restoring"));
}

describe.each(Object.entries(Scenarios))("a container that dies in a %s", (name, scenario) => {
  it("leaves what the README says, at every step", async () => {
    const steps = await stepsOf(name, scenario);
    const promised = promisesOf(name);
    expect([...promised.keys()].toSorted()).toEqual([...new Set([...steps, End])].toSorted());
    for (let dieBefore = 0; dieBefore <= steps.length; dieBefore++) {
      const { directory, signal } = await live(name, scenario, dieBefore);
      expect(signal).toBe(dieBefore === steps.length ? null : "SIGKILL");
      const left = readdirSync(directory).filter((one) => parseGenerationName(one) !== undefined);
      const step = steps[dieBefore] ?? End;
      const at = `${name}, before ${step}, leaving ${left.join(" ")}`;
      await everyCopyIsWhole(directory, at);
      const store = await openStore({ directory, claimant: "next-00000001", leaseMs: LeaseMs });
      const found = await restoreNext(store);
      expect(found, at).toBe(
        { "this one": scenario.newest, "the one before": scenario.older, nothing: "none" }[promised.get(step) ?? ""],
      );
      // Once only: what was restored is not found again, and nothing older either.
      expect(await restoreNext(store), at).toBe("none");
    }
  });
});

/** What the next container restores; `"none"` for nothing. */
async function restoreNext(store: CheckpointStore): Promise<string> {
  const outcome = await store.claim({ waitMs: 20 * LeaseMs });
  if (outcome.kind !== "claimed") return outcome.kind;
  await outcome.checkpoint.verify();
  const content = await contentOf(outcome.checkpoint);
  await outcome.checkpoint.consume();
  return content;
}

/** No state is there twice, and whatever verifies is what was made. */
async function everyCopyIsWhole(directory: string, at: string): Promise<void> {
  const reader = await openStore({ directory, claimant: "reader", readOnly: true });
  const seen = new Set<string>();
  for (const { number, state, directory: path } of await reader.list()) {
    if (state === "staging" || state === "quarantined") continue;
    const whole = await reader.verify(number).then(
      () => true,
      () => false,
    );
    if (!whole) continue;
    const content = await readFile(join(path, "checkpoint", "pages-1.img"), "utf8");
    expect(["one", "two", "three", "four"], at).toContain(content);
    expect(seen.has(content), `${content} twice: ${at}`).toBe(false);
    seen.add(content);
  }
}
