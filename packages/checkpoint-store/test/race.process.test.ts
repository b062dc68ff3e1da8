import { join } from "node:path";
import { expect, it } from "vitest";
import { commitOne, scratch, states, storeWith } from "./harness.ts";
import { startChild } from "./start-child.ts";

it("two processes race for 30 checkpoints, and exactly one restores each", { timeout: 60_000 }, async () => {
  const directory = join(scratch(), "images");
  const store = await storeWith(directory, []);
  const racers = ["racer-00000001", "racer-00000002"].map((claimant) =>
    startChild({ kind: "race", directory, claimant, leaseMs: 10_000 }),
  );
  expect(await Promise.all(racers.map((racer) => racer.next()))).toEqual(["ready", "ready"]);
  const wins = [0, 0];
  for (let round = 1; round <= 30; round++) {
    expect(await commitOne(store, `state ${round}`)).toBe(round);
    for (const racer of racers) racer.say("go");
    const answers = await Promise.all(racers.map((racer) => racer.next()));
    const winner = answers.indexOf(`claimed state ${round}`);
    expect(answers.filter((answer) => answer?.startsWith("claimed"))).toEqual([`claimed state ${round}`]);
    expect(["held", "none"]).toContain(answers[1 - winner]);
    wins[winner] = (wins[winner] ?? 0) + 1;
    expect(states(directory).at(-1)).toMatch(/consumed$/);
    expect(states(directory).filter((state) => state.endsWith("complete"))).toEqual([]);
  }
  await Promise.all(racers.map((racer) => racer.ended()));
});
