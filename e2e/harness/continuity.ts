import type { Lines } from "./lines.ts";

/** What a program of the tests has shown of its memory. */
export interface Tick {
  /** Made at random when the program started; it is nowhere else. */
  readonly nonce: string;
  readonly number: number;
}

/** The ticks among the lines of a container, in their order. */
export function ticksOf(lines: readonly string[]): readonly Tick[] {
  return lines.flatMap((line) => {
    const match = /^TICK (\S+) (\d+)$/.exec(line);
    return match === null ? [] : [{ nonce: match[1] ?? "", number: Number(match[2]) }];
  });
}

/**
 * Proves that the second container went on where the first one was frozen: the same nonce, the very next number, no
 * number lost or told twice, and start-up code that ran once in all.
 *
 * @throws Error that tells what is wrong with the two outputs.
 */
export async function proveContinuity(first: Lines, second: Lines, timeoutMs = 30_000): Promise<void> {
  await second.waitForLine(/^TICK /, timeoutMs);
  const before = ticksOf(first.all);
  const after = ticksOf(second.all);
  const starts = [first, second].map((lines) => lines.all.filter((line) => /^START \d+$/.test(line)).length);
  const fail = (what: string): never => {
    const tail = first.all.slice(-5).join("\n  ");
    const head = second.all.slice(0, 8).join("\n  ");
    throw new Error(`${what}\nlast lines before:\n  ${tail}\nfirst lines after:\n  ${head}`);
  };
  const last = before.at(-1) ?? fail("the first container never ticked");
  if (starts[1] !== 0) fail("the application was started afresh in the second container");
  let expected = last.number;
  for (const tick of after) {
    expected += 1;
    if (tick.nonce !== last.nonce) fail(`another memory: nonce ${tick.nonce} instead of ${last.nonce}`);
    if (tick.number !== expected) fail(`number ${tick.number} instead of ${expected}`);
  }
}
