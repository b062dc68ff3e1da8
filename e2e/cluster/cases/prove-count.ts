import type { Lines } from "../../harness/lines.ts";

/**
 * Proves that an example's counter went on where its last container was frozen: its count is nowhere but in its memory.
 *
 * @throws Error that tells what is wrong with the two outputs.
 */
export async function proveCount(first: Lines, second: Lines): Promise<void> {
  await second.waitForLine(/^Count is at \d+/, 60_000);
  const last = countsOf(first).at(-1);
  const after = countsOf(second);
  if (last === undefined) throw new Error(`the first container never counted: ${first.all.join("\n")}`);
  const expected = after.map((_, index) => last + 1 + index);
  if (after.join() !== expected.join()) throw new Error(`${after.join()} came after ${last}`);
}

function countsOf({ all }: Lines): readonly number[] {
  return all.flatMap((line) => {
    const [, count] = /^Count is at (\d+)/.exec(line) ?? [];
    return count === undefined ? [] : [Number(count)];
  });
}
