import { expect } from "vitest";
import type { RunningPod } from "./running-pod.ts";

/**
 * Proves that a container has begun anew, and not silently.
 *
 * @param why - in crik's lines
 */
export async function proveFresh(pod: RunningPod, why: RegExp): Promise<void> {
  await pod.log.lines.waitForLine(/^TICK \S+ 3$/, 120_000);
  expect(pod.log.lines.all.filter((line) => line.startsWith("START"))).toHaveLength(1);
  expect(pod.log.crik().join("\n")).toMatch(why);
}
